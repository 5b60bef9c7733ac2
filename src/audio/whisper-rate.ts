import { WhisperVulkanError } from "../errors.js";
import { type SoundPiece, WHISPER_SAMPLE_RATE } from "./audio-source.js";
import { isRate, RATES } from "./input/index.js";
import { firstNotFinite } from "./mix-down.js";
import type { Mono } from "./mono-mixer.js";
import type { Gap } from "./pcm.js";
import { Resampler } from "./resampler.js";

/** Samples resampled at once: high rates cost the most per sample, and other work wants its turn. */
const BITE = 8192;
/** Shorter pieces are joined first. */
const MIN_PIECE = 2048;

/**
 * Brings mono sound of any rate, also one that changes, to 16 kHz. How many samples there are follows from the whole
 * length: nothing adds up from piece to piece.
 *
 * @throws WhisperVulkanError `audio-not-finite`, `audio-corrupt` for a rate that makes no sense
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
  for await (const piece of joined(pieces)) {
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
      resampler = new Resampler(sampleRate, WHISPER_SAMPLE_RATE);
      rate = sampleRate;
    }
    if (resampler === null) yield counted(samples);
    else
      for (let at = 0; at < samples.length; at += BITE)
        yield counted(resampler.push(samples.subarray(at, at + BITE)));
  }
  if (resampler !== null) yield resampler.flush();
}

/** Packets of a few milliseconds would cost more to hand on than to resample. */
async function* joined(pieces: AsyncIterable<Mono | Gap>): AsyncGenerator<Mono | Gap> {
  let [buffer, filled, rate] = [new Float32Array(0), 0, 0];
  const rest = (): Mono[] => {
    if (filled === 0) return [];
    const piece = { samples: buffer.subarray(0, filled), sampleRate: rate };
    [buffer, filled] = [new Float32Array(0), 0];
    return [piece];
  };
  for await (const piece of pieces) {
    const isGap = "silentSeconds" in piece;
    if (isGap || piece.sampleRate !== rate || piece.samples.length >= MIN_PIECE) yield* rest();
    if (isGap || piece.samples.length >= MIN_PIECE) {
      yield piece;
      continue;
    }
    rate = piece.sampleRate;
    if (buffer.length === 0) buffer = new Float32Array(2 * MIN_PIECE);
    buffer.set(piece.samples, filled);
    filled += piece.samples.length;
    if (filled >= MIN_PIECE) yield* rest();
  }
  yield* rest();
}

/** Error: `audio-corrupt` for a rate that makes no sense. */
export function checkRate(sampleRate: number, name: string): void {
  if (isRate(sampleRate)) return;
  throw new WhisperVulkanError("audio-corrupt", `${name}: a sample rate of ${sampleRate} Hz makes no sense`, {
    hint: `Rates from ${RATES.lowest} to ${RATES.highest} Hz, whole numbers, can be read.`,
  });
}

function notFinite(name: string, value: number, seconds: number): WhisperVulkanError {
  const message = `${name}: a sample is ${value} at ${seconds.toFixed(3)} s`;
  return new WhisperVulkanError("audio-not-finite", message, {
    hint: "Samples must be finite, about -1 to 1.",
  });
}
