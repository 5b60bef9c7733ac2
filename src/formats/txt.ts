import type { TranscriptionResult } from "../whisper/index.js";
import type { Format } from "./format.js";
import { oneLine } from "./one-line.js";

/** Plain words, a segment a line; segments without words are left out. Several follow each other, as with cat. */
export const txt = {
  name: "txt",
  extension: "txt",
  about: "plain text, one segment per line",
  write,
  writeInto: write,
} as const satisfies Format;

function write({ segments }: TranscriptionResult): string {
  return segments
    .map(({ text }) => oneLine(text))
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}
