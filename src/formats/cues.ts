import type { Segment } from "../whisper/index.js";

/** A subtitle: times in seconds, text on one line. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The segments that have words, as subtitles. An arrow in the text would be read as times and is shortened, as OpenAI
 * does; a line break could end the subtitle early and becomes a space.
 */
export function cues(segments: readonly Segment[]): Cue[] {
  return segments
    .map(({ start, end, text }) => ({ start, end, text: oneLine(text).replaceAll("-->", "->") }))
    .filter(({ text }) => text !== "");
}

/** The text without spaces around it and line breaks in it. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n\u2028\u2029]\s*/g, " ");
}
