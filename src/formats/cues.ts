import type { Segment } from "../whisper/index.js";
import { oneLine } from "./one-line.js";

/** A subtitle: times in whole milliseconds, the end after the start; text on one line, not yet escaped. */
export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/**
 * The segments that have words, as subtitles. Players do not show a subtitle without length, and WebVTT forbids
 * it, so it gets one millisecond: the one before it, since the recording may end here.
 */
export function cues(segments: readonly Segment[]): Cue[] {
  return segments
    .map(({ start, end, text }) => {
      const endMs = Math.max(1, Math.round(end * 1000));
      return { startMs: Math.min(Math.round(start * 1000), endMs - 1), endMs, text: oneLine(text) };
    })
    .filter(({ text }) => text !== "");
}
