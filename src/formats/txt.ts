import type { TranscriptionResult } from "../whisper/index.js";
import { oneLine } from "./cues.js";

/** Plain words, a segment a line; segments without words are left out. */
export function txt({ segments }: TranscriptionResult): string {
  return segments
    .map(({ text }) => oneLine(text))
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}
