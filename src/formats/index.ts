import { WhisperVulkanError } from "../errors.js";
import { shown } from "../shown.js";
import type { TranscriptionResult } from "../whisper/index.js";
import { json } from "./json.js";
import { srt } from "./srt.js";
import { txt } from "./txt.js";
import { vtt } from "./vtt.js";

export { oneLine } from "./cues.js";
export { timestamp } from "./timestamp.js";

/** What a transcript can be written as, by name, which is also the file extension. */
export const formats = { txt, srt, vtt, json } as const;

/** Name of a format, which is its file extension too: "srt". */
export type FormatName = keyof typeof formats;

/**
 * The writer of a format.
 * @throws WhisperVulkanError "option-invalid", naming the known formats
 */
export function formatNamed(name: string): (result: TranscriptionResult) => string {
  if (Object.hasOwn(formats, name)) return formats[name as FormatName];
  throw new WhisperVulkanError("option-invalid", `There is no format called ${shown(name)}.`, {
    hint: `The formats are ${Object.keys(formats).join(", ")}.`,
  });
}
