import type { Network } from "../network/network.js";
import type { DecodedWindow } from "./decode-window.js";
import { detectLanguage } from "./detect-language.js";
import { decodeWithFallback } from "./fallback.js";
import type { Settings } from "./options.js";
import type { Vocabulary } from "./vocabulary.js";

/** What decoding a window needs of the settings: plain data. */
export type WindowSettings = ReturnType<typeof windowSettings>;

/** Leaves out the settings that only the caller needs: signal and callbacks. */
export function windowSettings(settings: Settings) {
  const { task, temperatures, timestamps, seed } = settings;
  const { noSpeechThreshold, logprobThreshold, compressionRatioThreshold } = settings;
  return {
    ...{ task, temperatures, timestamps, seed },
    ...{ noSpeechThreshold, logprobThreshold, compressionRatioThreshold },
  };
}

/**
 * Everything that the network needs for one window, as plain data. It can be sent to another process, and repeating it
 * gives the same result.
 */
export interface WindowJob {
  /** (3000, nMels) log-mel. */
  readonly mel: Float32Array;
  /** (3000, nMels): another log-mel of the window to detect the language from; null where `mel` serves. */
  readonly toDetectFrom: Float32Array | null;
  /** Null: to be detected. */
  readonly language: string | null;
  /** First mel frame of the window. */
  readonly seek: number;
  /** Tokens of earlier windows. */
  readonly history: readonly number[];
  /** Tokens never sampled, ascending. */
  readonly suppressed: readonly number[];
  readonly settings: WindowSettings;
}

/** The result of a window. */
export interface WindowResult {
  readonly language: string;
  readonly decoded: DecodedWindow;
}

/** Encodes a window, detects its language if that is unknown, and decodes it. Nothing else may use the network meanwhile. */
export async function recogniseWindow(
  network: Network,
  vocabulary: Vocabulary,
  job: WindowJob,
  signal?: AbortSignal,
): Promise<WindowResult> {
  const detect = async () => (await detectLanguage(network, vocabulary.special, signal))[0]![0];
  let { language } = job;
  if (language === null && job.toDetectFrom) {
    await network.encode(job.toDetectFrom, signal);
    language = await detect();
  }
  await network.encode(job.mel, signal);
  language ??= await detect();
  return { language, decoded: await decodeWithFallback({ network, vocabulary, job, language, signal }) };
}
