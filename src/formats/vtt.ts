import type { TranscriptionResult } from "../whisper/index.js";
import { cues } from "./cues.js";
import type { Format } from "./format.js";
import { timestamp } from "./timestamp.js";

/** WebVTT: times with hours only where there are any, and a point. */
export const vtt = {
  name: "vtt",
  extension: "vtt",
  about: "WebVTT subtitles",
  write,
} as const satisfies Format;

function write({ segments }: TranscriptionResult): string {
  const time = (ms: number) => timestamp(ms, { separator: ".", alwaysHours: false });
  const blocks = cues(segments).map(
    ({ startMs, endMs, text }) => `${time(startMs)} --> ${time(endMs)}\n${escaped(text)}\n\n`,
  );
  return `WEBVTT\n\n${blocks.join("")}`;
}

/** "&" and "<" begin entities and tags; without a ">" there is no arrow that could be read as times. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
