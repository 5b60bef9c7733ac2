import { WhisperVulkanError } from "../../errors.js";

/** The error for a file of a known container whose contents make no sense. `what` is damaged: "file, its index is missing". */
export function corrupt(name: string, what: string, cause?: unknown): WhisperVulkanError {
  return new WhisperVulkanError("audio-corrupt", `${name}: damaged ${what}`, {
    hint: "Record, download or convert it again.",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The error for a file without sound. */
export function noTrack(name: string): WhisperVulkanError {
  return new WhisperVulkanError("audio-no-track", `${name}: has no audio track`, {
    hint: "Give a file with sound.",
  });
}
