import type { Network } from "../network/network.js";
import { type DecodedWindow, decodeWindow } from "./decode-window.js";
import { seededRandom } from "./random.js";
import { createSampler } from "./sampler.js";
import type { Vocabulary } from "./vocabulary.js";
import type { WindowJob, WindowSettings } from "./window.js";

/** Decodes the window that the network encoded last, at one temperature after another until the result looks right. The last result counts in any case. */
export async function decodeWithFallback(options: {
  readonly network: Network;
  readonly vocabulary: Vocabulary;
  readonly job: WindowJob;
  readonly language: string;
  readonly signal: AbortSignal | undefined;
}): Promise<DecodedWindow> {
  const { network, vocabulary, signal } = options;
  const { settings, suppressed, history, seek } = options.job;
  const { special } = vocabulary;
  const { timestamps, temperatures } = settings;
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
      // each window has its own random numbers
      random: seededRandom(settings.seed, seek, attempt),
    });
    const window = await decodeWindow({ network, vocabulary, sampler, temperature, history, start, signal });
    if (attempt === temperatures.length - 1 || !needsFallback(window, settings)) return window;
  }
}

/** Whether a window looks so repetitive or uncertain that the next temperature is tried. */
export function needsFallback(window: DecodedWindow, settings: WindowSettings): boolean {
  const { compressionRatioThreshold, logprobThreshold, noSpeechThreshold } = settings;
  const repetitive =
    compressionRatioThreshold !== null && window.compressionRatio > compressionRatioThreshold;
  const unsure = logprobThreshold !== null && window.avgLogprob < logprobThreshold;
  const silent = noSpeechThreshold !== null && window.noSpeechProb > noSpeechThreshold && unsure;
  return (repetitive || unsure) && !silent;
}

/** Whether a window counts as silence and is dropped. */
export function isSilence(window: DecodedWindow, settings: WindowSettings): boolean {
  const { logprobThreshold, noSpeechThreshold } = settings;
  if (noSpeechThreshold === null || window.noSpeechProb <= noSpeechThreshold) return false;
  return logprobThreshold === null || window.avgLogprob <= logprobThreshold;
}
