import type { Network } from "../network/network.js";
import { type DecodedWindow, decodeWindow } from "./decode-window.js";
import type { Settings } from "./options.js";
import { seededRandom } from "./random.js";
import { createSampler } from "./sampler.js";
import type { Vocabulary } from "./vocabulary.js";

/** Decodes the window that the network encoded last, at one temperature after the other until the result looks right; the last one counts anyhow. */
export async function decodeWithFallback(options: {
  readonly network: Network;
  readonly vocabulary: Vocabulary;
  readonly settings: Settings;
  readonly language: string;
  /** Tokens never sampled, ascending. */
  readonly suppressed: readonly number[];
  readonly history: readonly number[];
  /** First mel frame of the window: tells its random numbers from those of other windows. */
  readonly seek: number;
}): Promise<DecodedWindow> {
  const { network, vocabulary, settings, suppressed, history, seek } = options;
  const { special } = vocabulary;
  const { timestamps, temperatures, signal } = settings;
  const start = vocabulary.startTokens(options.language, settings.task);
  if (!timestamps) start.push(special.noTimestamps);
  for (let attempt = 0; ; attempt++) {
    const temperature = temperatures[attempt]!;
    const sampler = createSampler({
      special,
      nVocab: vocabulary.nVocab,
      suppressed,
      blank: vocabulary.blank,
      timestamps,
      temperature,
      random: seededRandom(settings.seed, seek, attempt),
    });
    const window = await decodeWindow({ network, vocabulary, sampler, temperature, history, start, signal });
    if (attempt === temperatures.length - 1 || !needsFallback(window, settings)) return window;
  }
}

/** Whether a window looks repetitive or unsure enough to be tried at the next temperature. */
export function needsFallback(window: DecodedWindow, settings: Settings): boolean {
  const { compressionRatioThreshold, logprobThreshold, noSpeechThreshold } = settings;
  const repetitive =
    compressionRatioThreshold !== null && window.compressionRatio > compressionRatioThreshold;
  const unsure = logprobThreshold !== null && window.avgLogprob < logprobThreshold;
  const silent = noSpeechThreshold !== null && window.noSpeechProb > noSpeechThreshold && unsure;
  return (repetitive || unsure) && !silent;
}

/** Whether a window is to be dropped as silence. */
export function isSilence(window: DecodedWindow, settings: Settings): boolean {
  const { logprobThreshold, noSpeechThreshold } = settings;
  if (noSpeechThreshold === null || window.noSpeechProb <= noSpeechThreshold) return false;
  return logprobThreshold === null || window.avgLogprob <= logprobThreshold;
}
