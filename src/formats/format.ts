import type { TranscriptionResult } from "../whisper/index.js";

/** A format in which a transcript can be written. */
export interface Format {
  /** Its name for --format: lower-case letters and digits. */
  readonly name: string;
  /** The ending of its files, without the dot. */
  readonly extension: string;
  /** A description for help texts: a few words. */
  readonly about: string;
  /** The whole content of a file. */
  readonly write: (result: TranscriptionResult) => string;
  /**
   * Writes one of several recordings into a stream that holds them all, where the format can hold several. Without
   * this, several recordings are refused.
   */
  readonly writeInto?: (result: TranscriptionResult, recording: string) => string;
}
