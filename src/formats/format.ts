import type { TranscriptionResult } from "../whisper/index.js";

/** A way to write a transcript down. */
export interface Format {
  /** What --format calls it: lower-case letters and digits. */
  readonly name: string;
  /** The ending of its files, without the point. */
  readonly extension: string;
  /** What it is, for help texts: a few words. */
  readonly about: string;
  /** The whole content of a file. */
  readonly write: (result: TranscriptionResult) => string;
  /**
   * What one of several recordings adds to a stream that holds them all, where the format has room for several. Without
   * it, several recordings are refused.
   */
  readonly writeInto?: (result: TranscriptionResult, recording: string) => string;
}
