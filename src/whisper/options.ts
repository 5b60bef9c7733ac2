import {
  abortSignal,
  callback,
  checkOptions,
  flag,
  type OptionType,
  type OptionTypes,
  oneOf,
  text,
  wholeNumber,
} from "../check-options.js";
import { languageCode } from "./languages.js";
import type { Segment } from "./result.js";

/** How to transcribe. Defaults are those of OpenAI's transcribe(). */
export interface TranscribeOptions {
  /** Code ("en", "pt-BR"), English name ("german"), or "auto" (default): detected from the first 30 s. See languages(). */
  readonly language?: string | undefined;
  /** Default "transcribe"; "translate" gives English. */
  readonly task?: "transcribe" | "translate" | undefined;
  /** Text that comes before the recording and sets names, spelling and style. Its last 223 tokens count. */
  readonly prompt?: string | undefined;
  /** From 0 to 1. One value: no fallback. A list (default 0, 0.2, ... 1): the next value is tried while a window looks wrong. */
  readonly temperature?: number | readonly number[] | undefined;
  /** Default true: segments have times. False: one segment per window. */
  readonly timestamps?: boolean | undefined;
  /** Default true: the text of earlier windows is context for each window. */
  readonly conditionOnPreviousText?: boolean | undefined;
  /** A window is silence if its probability of no speech is above this and its average log-probability is below logprobThreshold. Default 0.6; null: never. */
  readonly noSpeechThreshold?: number | null | undefined;
  /** A window is tried again if its average log-probability is below this. Default -1; null: not checked. */
  readonly logprobThreshold?: number | null | undefined;
  /** A window is tried again if zlib compresses its text by more than this factor, since it then repeats itself. Default 2.4; null: not checked. */
  readonly compressionRatioThreshold?: number | null | undefined;
  /** Ids of tokens that are never written; -1 stands for annotations and symbols that are not speech. Default [-1]. */
  readonly suppressTokens?: readonly number[] | undefined;
  /** Whole number from 0: seed of the random numbers used above temperature 0. Default 0. The same seed gives the same text. */
  readonly seed?: number | undefined;
  /** Stops the transcription between steps. The error, a TranscriptionAbortedError, carries the text recognised so far. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each segment that has text, as soon as it is recognised. If it returns a promise, that is awaited. */
  readonly onSegment?: ((segment: Segment) => unknown) | undefined;
  /** Called after each window with the progress. If it returns a promise, that is awaited. */
  readonly onProgress?: ((progress: Progress) => unknown) | undefined;
}

const isTemperature = (value: unknown) => typeof value === "number" && value >= 0 && value <= 1;
const temperatures: OptionType = {
  holds: (value) =>
    Array.isArray(value) ? value.length > 0 && [...value].every(isTemperature) : isTemperature(value),
  hint: "Give one value from 0 to 1, or a list of them such as 0, 0.2, 0.4.",
};
const threshold: OptionType = {
  holds: (value) => value === null || (typeof value === "number" && !Number.isNaN(value)),
  hint: "Give a number, or null to leave the check out.",
};
const tokens: OptionType = {
  holds: (value) =>
    Array.isArray(value) && [...value].every((token) => Number.isInteger(token) && token >= -1),
  hint: "Give a list of token ids; -1 stands for all that are not speech.",
};

const optionTypes: OptionTypes<TranscribeOptions> = {
  language: { ...text, hint: 'Give a code such as "en", or "auto".' },
  task: oneOf("transcribe", "translate"),
  prompt: text,
  temperature: temperatures,
  timestamps: flag,
  conditionOnPreviousText: flag,
  noSpeechThreshold: threshold,
  logprobThreshold: threshold,
  compressionRatioThreshold: threshold,
  suppressTokens: tokens,
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  signal: abortSignal,
  onSegment: callback,
  onProgress: callback,
};

/** Progress of a transcription, on the timeline of the recording. */
export interface Progress {
  /** Seconds done. A gap in the timeline counts as done together with the sound before it. */
  readonly processedSeconds: number;
  /** The duration of the recording. */
  readonly totalSeconds: number;
}

/** Options, checked and with the defaults filled in. language null: to be detected. */
export type Settings = ReturnType<typeof settingsOf>;

/**
 * Checks options and fills in the defaults.
 * @throws WhisperVulkanError "option-invalid" or "language-unknown"
 */
export function settingsOf(options: TranscribeOptions) {
  checkOptions(options, optionTypes);
  const { temperature = [0, 0.2, 0.4, 0.6, 0.8, 1], language = "auto", task = "transcribe" } = options;
  const { timestamps = true, conditionOnPreviousText = true, prompt = "", seed = 0 } = options;
  const { noSpeechThreshold = 0.6, logprobThreshold = -1, compressionRatioThreshold = 2.4 } = options;
  const { suppressTokens = [-1], signal, onSegment, onProgress } = options;
  return {
    task,
    temperatures: typeof temperature === "number" ? [temperature] : [...temperature],
    language: language.trim().toLowerCase() === "auto" ? null : languageCode(language),
    prompt: prompt.trim(),
    timestamps,
    conditionOnPreviousText,
    noSpeechThreshold,
    logprobThreshold,
    compressionRatioThreshold,
    suppressTokens,
    seed,
    signal,
    onSegment,
    onProgress,
  };
}
