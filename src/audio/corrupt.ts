import { WhisperVulkanError } from "../errors.js";

/** The error for a recording whose container or codec is known but whose header is invalid. */
export function corrupt(fileName: string, what: string, cause?: unknown): WhisperVulkanError {
  return new WhisperVulkanError("audio-corrupt", `${fileName}: damaged ${what}`, {
    hint: "Record, download or convert it again.",
    ...(cause === undefined ? {} : { cause }),
  });
}
