import { WhisperVulkanError } from "../../errors.js";

/** The error for a file without sound. */
export function noTrack(fileName: string): WhisperVulkanError {
  return new WhisperVulkanError("audio-no-track", `${fileName}: has no audio track`, {
    hint: "Give a file with sound.",
  });
}
