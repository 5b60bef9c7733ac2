import type { TranscriptionResult } from "../whisper/index.js";
import { cues } from "./cues.js";
import { timestamp } from "./timestamp.js";

/** WebVTT: times with hours only where there are any, and a point. */
export function vtt({ segments }: TranscriptionResult): string {
  const time = (seconds: number) => timestamp(seconds, { separator: ".", alwaysHours: false });
  const blocks = cues(segments).map(({ start, end, text }) => `${time(start)} --> ${time(end)}\n${text}\n\n`);
  return `WEBVTT\n\n${blocks.join("")}`;
}
