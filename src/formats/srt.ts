import type { TranscriptionResult } from "../whisper/index.js";
import { cues } from "./cues.js";
import type { Format } from "./format.js";
import { timestamp } from "./timestamp.js";

/** SubRip: subtitles numbered from 1, times with hours and a comma. */
export const srt = {
  name: "srt",
  extension: "srt",
  about: "SubRip subtitles",
  write,
} as const satisfies Format;

function write({ segments }: TranscriptionResult): string {
  const time = (ms: number) => timestamp(ms, { separator: ",", alwaysHours: true });
  return cues(segments)
    .map(
      ({ startMs, endMs, text }, i) => `${i + 1}\n${time(startMs)} --> ${time(endMs)}\n${escaped(text)}\n\n`,
    )
    .join("");
}

/** SubRip has no escapes. An arrow would be read as times, so it is shortened, as OpenAI does. */
function escaped(text: string): string {
  return text.replace(/--+>/g, "->");
}
