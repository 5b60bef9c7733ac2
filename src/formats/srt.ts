import type { TranscriptionResult } from "../whisper/index.js";
import { cues } from "./cues.js";
import { timestamp } from "./timestamp.js";

/** SubRip: subtitles numbered from 1, times with hours and a comma. */
export function srt({ segments }: TranscriptionResult): string {
  const time = (seconds: number) => timestamp(seconds, { separator: ",", alwaysHours: true });
  return cues(segments)
    .map(({ start, end, text }, i) => `${i + 1}\n${time(start)} --> ${time(end)}\n${text}\n\n`)
    .join("");
}
