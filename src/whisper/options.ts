import { WhisperVulkanError } from "../errors.js";
import { checkOptionNames } from "../option-names.js";
import { languageCode } from "./languages.js";
import type { Segment } from "./result.js";

/** How to transcribe. Defaults are those of OpenAI's transcribe(). */
export interface TranscribeOptions {
  /** Code ("en"), English name ("german"), or "auto" (default): detected from the first 30 s. */
  readonly language?: string;
  /** Default "transcribe"; "translate" gives English. */
  readonly task?: "transcribe" | "translate";
  /** Text that the recording is to be read as a continuation of: names, spelling, style. Its last 223 tokens count. */
  readonly prompt?: string;
  /** From 0 to 1. One value: no fallback. A list (default 0, 0.2, ... 1): the next is tried while a window looks wrong. */
  readonly temperature?: number | readonly number[];
  /** Default true: segments have times. False: one segment a window. */
  readonly timestamps?: boolean;
  /** Default true: each window sees the text before it. */
  readonly conditionOnPreviousText?: boolean;
  /** A window whose probability of no speech lies above this, and its logprob below logprobThreshold, is silence. Default 0.6; null: never. */
  readonly noSpeechThreshold?: number | null;
  /** A window whose average log-probability lies below this is tried again. Default -1; null: not looked at. */
  readonly logprobThreshold?: number | null;
  /** A window whose text zlib makes smaller by more than this repeats itself, and is tried again. Default 2.4; null: not looked at. */
  readonly compressionRatioThreshold?: number | null;
  /** Token ids never to be recognised; -1 stands for annotations and symbols that are not speech. Default [-1]. */
  readonly suppressTokens?: readonly number[];
  /** Whole number from 0: start of the random numbers used above temperature 0. Default 0; the same seed gives the same text. */
  readonly seed?: number;
  /** Stops the transcription between steps; the error then carries what was recognised until there. */
  readonly signal?: AbortSignal;
  /** Told each segment with text as soon as it is recognised; a promise that it returns is waited for. */
  readonly onSegment?: (segment: Segment) => unknown;
  /** Told how far it is, after each window. */
  readonly onProgress?: (progress: Progress) => unknown;
}

const optionNames: Record<keyof TranscribeOptions, true> = {
  language: true,
  task: true,
  prompt: true,
  temperature: true,
  timestamps: true,
  conditionOnPreviousText: true,
  noSpeechThreshold: true,
  logprobThreshold: true,
  compressionRatioThreshold: true,
  suppressTokens: true,
  seed: true,
  signal: true,
  onSegment: true,
  onProgress: true,
};

/** How far a transcription is. */
export interface Progress {
  readonly processedSeconds: number;
  readonly totalSeconds: number;
}

/** Options, checked and with the defaults filled in. language null: to be detected. */
export type Settings = ReturnType<typeof settingsOf>;

/**
 * Checks options and fills in the defaults.
 * @throws WhisperVulkanError "option-invalid" or "language-unknown"
 */
export function settingsOf(options: TranscribeOptions) {
  checkOptionNames(options, optionNames);
  const { temperature = [0, 0.2, 0.4, 0.6, 0.8, 1], language = "auto", task = "transcribe" } = options;
  const { timestamps = true, conditionOnPreviousText = true, prompt = "", seed = 0 } = options;
  const { noSpeechThreshold = 0.6, logprobThreshold = -1, compressionRatioThreshold = 2.4 } = options;
  const { suppressTokens = [-1], signal, onSegment, onProgress } = options;

  const temperatures = Array.isArray(temperature) ? [...temperature] : [temperature];
  const isTemperature = (t: unknown) => typeof t === "number" && t >= 0 && t <= 1;
  need(temperatures.length > 0 && temperatures.every(isTemperature), "temperature", temperature, {
    hint: "Give one value from 0 to 1, or a list of them such as 0, 0.2, 0.4.",
  });
  need(task === "transcribe" || task === "translate", "task", task, {
    hint: 'Give "transcribe" or "translate".',
  });
  need(typeof language === "string", "language", language, {
    hint: 'Give a code such as "en", or "auto".',
  });
  need(typeof prompt === "string", "prompt", prompt, { hint: "Give a text." });
  for (const [name, value] of Object.entries({ timestamps, conditionOnPreviousText }))
    need(typeof value === "boolean", name, value, { hint: "Give true or false." });
  for (const [name, value] of Object.entries({
    noSpeechThreshold,
    logprobThreshold,
    compressionRatioThreshold,
  }))
    need(value === null || (typeof value === "number" && !Number.isNaN(value)), name, value, {
      hint: "Give a number, or null to leave the check out.",
    });
  const isToken = (token: unknown) => Number.isInteger(token) && (token as number) >= -1;
  need(Array.isArray(suppressTokens) && suppressTokens.every(isToken), "suppressTokens", suppressTokens, {
    hint: "Give a list of token ids; -1 stands for all that are not speech.",
  });
  need(Number.isSafeInteger(seed) && seed >= 0, "seed", seed, { hint: "Give a whole number from 0." });
  need(signal === undefined || signal instanceof AbortSignal, "signal", signal, {
    hint: "Give the signal of an AbortController.",
  });
  for (const [name, value] of Object.entries({ onSegment, onProgress }))
    need(value === undefined || typeof value === "function", name, value, { hint: "Give a function." });

  return {
    task,
    temperatures: temperatures as readonly number[],
    language: language.trim().toLowerCase() === "auto" ? null : languageCode(language),
    prompt: prompt.trim(),
    timestamps,
    conditionOnPreviousText,
    noSpeechThreshold,
    logprobThreshold,
    compressionRatioThreshold,
    suppressTokens: suppressTokens as readonly number[],
    seed,
    signal,
    onSegment,
    onProgress,
  };
}

function need(holds: boolean, name: string, value: unknown, options: { readonly hint: string }): void {
  if (holds) return;
  const shown = typeof value === "string" ? `"${value}"` : String(value);
  throw new WhisperVulkanError("option-invalid", `The option ${name} cannot be ${shown}.`, options);
}
