import { WhisperVulkanError } from "../errors.js";
import { type SoundPiece, WHISPER_SAMPLE_RATE } from "./audio-source.js";
import { isRate, RATES } from "./input/index.js";
import { firstNotFinite } from "./mix-down.js";
import type { Mono } from "./mono-mixer.js";
import type { Gap } from "./pcm.js";
import { Resampler } from "./resampler.js";
import { WeightedSums } from "./weighted-sums.js";

/** Samples resampled at once: high rates cost the most per sample, and other work wants its turn. */
const BITE = 8192;

/**
 * Resamples mono sound of any rate, even a changing one, to 16 kHz. The number of samples follows from the whole
 * length, so that rounding errors do not add up from piece to piece.
 *
 * @throws WhisperVulkanError `audio-not-finite`, `audio-corrupt` for a rate that is invalid
 */
export async function* toWhisperRate(
  pieces: AsyncIterable<Mono | Gap>,
  name: string,
): AsyncGenerator<SoundPiece> {
  let rate = WHISPER_SAMPLE_RATE;
  let resampler: Resampler | null = null;
  let seconds = 0;
  let nOutput = 0;
  const counted = (samples: Float32Array) => {
    nOutput += samples.length;
    return samples;
  };
  for await (const piece of pieces) {
    const isGap = "silentSeconds" in piece;
    if (resampler !== null && (isGap || piece.sampleRate !== rate)) {
      yield counted(resampler.flush());
      resampler = null;
      rate = WHISPER_SAMPLE_RATE;
    }
    if (isGap) {
      seconds += piece.silentSeconds;
      const nSilentSamples = Math.max(0, Math.round(seconds * WHISPER_SAMPLE_RATE) - nOutput);
      nOutput += nSilentSamples;
      yield { nSilentSamples };
      continue;
    }
    const { samples, sampleRate } = piece;
    const bad = firstNotFinite(samples);
    if (bad >= 0) throw notFinite(name, samples[bad]!, seconds + bad / sampleRate);
    seconds += samples.length / sampleRate;
    if (sampleRate !== rate) {
      checkRate(sampleRate, name);
      resampler = new Resampler(sampleRate, WHISPER_SAMPLE_RATE, await WeightedSums.load());
      rate = sampleRate;
    }
    if (resampler === null) yield counted(samples);
    else
      for (let at = 0; at < samples.length; at += BITE)
        yield counted(resampler.push(samples.subarray(at, at + BITE)));
  }
  if (resampler !== null) yield resampler.flush();
}

/** Error: `audio-corrupt` for a rate that is invalid. */
export function checkRate(sampleRate: number, name: string): void {
  if (isRate(sampleRate)) return;
  throw new WhisperVulkanError("audio-corrupt", `${name}: a sample rate of ${sampleRate} Hz makes no sense`, {
    hint: `Rates that are whole numbers from ${RATES.lowest} to ${RATES.highest} Hz can be read.`,
  });
}

function notFinite(name: string, value: number, seconds: number): WhisperVulkanError {
  const message = `${name}: a sample is ${value} at ${seconds.toFixed(3)} s`;
  return new WhisperVulkanError("audio-not-finite", message, {
    hint: "Samples must be finite, about -1 to 1.",
  });
}
