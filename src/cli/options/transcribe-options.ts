import { WhisperVulkanError } from "../../errors.js";
import type { LoadOptions, TranscribeOptions } from "../../index.js";
import { parseSize } from "../../memory/parse-size.js";
import { numberOrOff, numbers, wholeNumber } from "./values.js";

/** The options of transcribe as commander parsed them. */
export interface TranscribeFlags {
  readonly model: string;
  readonly language: string;
  readonly task: string;
  readonly device?: string;
  readonly threads?: string;
  readonly simulate?: string;
  readonly vramLimit?: string;
  readonly format?: string;
  readonly output?: string;
  readonly nameLanguage?: boolean;
  readonly overwrite?: boolean;
  readonly skipExisting?: boolean;
  readonly timestamps: boolean;
  readonly temperature?: string;
  readonly prompt?: string;
  readonly conditionOnPreviousText: boolean;
  readonly noSpeechThreshold?: string;
  readonly logprobThreshold?: string;
  readonly compressionRatioThreshold?: string;
  readonly suppressTokens?: string;
  readonly seed?: string;
  readonly memoryReport?: string;
  readonly quiet?: boolean;
}

/** The command-line option for each option of the library; null: deliberately none. */
export const optionFlags: Readonly<Record<keyof TranscribeOptions | keyof LoadOptions, string | null>> = {
  language: "--language",
  task: "--task",
  prompt: "--prompt",
  temperature: "--temperature",
  timestamps: "--no-timestamps",
  conditionOnPreviousText: "--no-condition-on-previous-text",
  noSpeechThreshold: "--no-speech-threshold",
  logprobThreshold: "--logprob-threshold",
  compressionRatioThreshold: "--compression-ratio-threshold",
  suppressTokens: "--suppress-tokens",
  seed: "--seed",
  device: "--device",
  threads: "--threads",
  simulate: "--simulate",
  vramLimitBytes: "--vram-limit",
  // used for Ctrl-C, the screen and the progress line
  signal: null,
  onSegment: null,
  onProgress: null,
  onNote: null,
  // the command line is its own process and ends when the work is done
  process: null,
  releaseAfterMs: null,
};

/** Errors: option-invalid. */
export function transcribeOptions(flags: TranscribeFlags): TranscribeOptions {
  const { language, task, prompt, timestamps, conditionOnPreviousText } = flags;
  if (/^\d+$/.test(task))
    throw new WhisperVulkanError("option-invalid", `-t ${task}: -t is --task here`, {
      hint: `To set the threads of the CPU backend, write --threads ${task}.`,
    });
  const temperatures = read("--temperature", flags.temperature, numbers);
  return {
    language,
    task: task as "transcribe" | "translate",
    timestamps,
    conditionOnPreviousText,
    ...(prompt === undefined ? {} : { prompt }),
    ...(temperatures && { temperature: temperatures.length === 1 ? temperatures[0]! : temperatures }),
    ...named("noSpeechThreshold", read("--no-speech-threshold", flags.noSpeechThreshold, numberOrOff)),
    ...named("logprobThreshold", read("--logprob-threshold", flags.logprobThreshold, numberOrOff)),
    ...named(
      "compressionRatioThreshold",
      read("--compression-ratio-threshold", flags.compressionRatioThreshold, numberOrOff),
    ),
    ...named("suppressTokens", read("--suppress-tokens", flags.suppressTokens, numbersOrNone)),
    ...named("seed", read("--seed", flags.seed, wholeNumber)),
  };
}

/** Errors: option-invalid. */
export function deviceOptions({ device, threads, simulate, vramLimit }: TranscribeFlags) {
  if (device !== undefined && /^(cuda|gpu|mps)(:\d+)?$/i.test(device))
    throw new WhisperVulkanError("option-invalid", `--device ${device} is --device auto here`, {
      hint: "That is the default: it uses the best GPU. The command devices lists all devices.",
    });
  return {
    ...named("simulate", simulate),
    ...named("device", device),
    ...named("threads", read("--threads", threads, wholeNumber)),
    ...named(
      "vramLimitBytes",
      read("--vram-limit", vramLimit, (flag, text) => parseSize(text, flag)),
    ),
  };
}

function numbersOrNone(flag: string, text: string): readonly number[] {
  return text.trim().toLowerCase() === "none" ? [] : numbers(flag, text);
}

function read<T>(flag: string, text: string | undefined, parse: (flag: string, text: string) => T) {
  return text === undefined ? undefined : parse(flag, text);
}

/** An option under its name, or nothing where it was not given. */
function named<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: T });
}
