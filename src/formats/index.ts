import { WhisperVulkanError } from "../errors.js";
import { shown } from "../shown.js";
import type { TranscriptionResult } from "../whisper/index.js";
import type { Format } from "./format.js";
import { json } from "./json.js";
import { srt } from "./srt.js";
import { txt } from "./txt.js";
import { vtt } from "./vtt.js";

export type { Format } from "./format.js";
export { oneLine } from "./one-line.js";
export { timestamp } from "./timestamp.js";

/** All formats, in the order of help texts. A new format is added here and nowhere else. */
const list = [txt, srt, vtt, json] as const;

export const formatList: readonly Format[] = list;

/** Name of a format, which is its file extension too: "srt". */
export type FormatName = (typeof list)[number]["name"];

/** The formats of transcripts: by name, a function that returns the content of the file. */
export const formats = Object.fromEntries(list.map(({ name, write }) => [name, write])) as {
  readonly [Name in FormatName]: (result: TranscriptionResult) => string;
};

/** Their names, for messages: "txt, srt, vtt, json". */
export const formatNames: string = list.map(({ name }) => name).join(", ");

/**
 * The format of that name.
 * @throws WhisperVulkanError "option-invalid", naming the known formats
 */
export function formatNamed(name: string): Format {
  const format = formatList.find((known) => known.name === name);
  if (format) return format;
  throw new WhisperVulkanError("option-invalid", `There is no format called ${shown(name)}.`, {
    hint: `The formats are ${formatNames}.`,
  });
}

/** The format whose files have the ending that this path has, in any case; null where none has. */
export function formatOfPath(path: string): Format | null {
  const lower = path.toLowerCase();
  return formatList.find(({ extension }) => lower.endsWith(`.${extension}`)) ?? null;
}
