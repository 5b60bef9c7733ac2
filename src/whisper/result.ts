import { WhisperVulkanError } from "../errors.js";

/** A piece of the transcript with its times. */
export interface Segment {
  readonly id: number;
  /** Where its window starts, in mel frames of 10 ms. */
  readonly seek: number;
  /** Seconds from the start of the recording. */
  readonly start: number;
  /** Seconds from the start of the recording; never after its end. */
  readonly end: number;
  /** Includes the space before its first word; empty where the window held no words. */
  readonly text: string;
  /** Token ids, timestamps included. */
  readonly tokens: readonly number[];
  readonly temperature: number;
  readonly avgLogprob: number;
  readonly compressionRatio: number;
  /** Probability that the window holds no speech. */
  readonly noSpeechProb: number;
}

/** The transcript of a recording. */
export interface TranscriptionResult {
  readonly task: "transcribe" | "translate";
  /** The text of all segments, joined unchanged: like OpenAI's it begins with a space. */
  readonly text: string;
  /** Language code, e.g. "en". */
  readonly language: string;
  /** Length of the recording in seconds, to the sample; gaps in its timeline count. */
  readonly duration: number;
  readonly segments: readonly Segment[];
  /** Warnings about the recording, e.g. that it is cut off. */
  readonly warnings: readonly string[];
}

/** Thrown when the caller's AbortSignal fires; `partial` is what was recognised until then. */
export class TranscriptionAbortedError extends WhisperVulkanError {
  override readonly name = "TranscriptionAbortedError";
  readonly partial: TranscriptionResult;

  constructor(partial: TranscriptionResult, cause: unknown) {
    super("aborted", "The transcription was stopped on request.", { cause });
    this.partial = partial;
  }
}
