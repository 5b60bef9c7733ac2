import { systemErrorCode, WhisperVulkanError } from "../../errors.js";

/** Turns a failed write into "disk-full" or "cache-not-writable"; errors that are typed already pass through. */
export function writingFailed(path: string, error: unknown): WhisperVulkanError {
  if (error instanceof WhisperVulkanError) return error;
  const code = systemErrorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new WhisperVulkanError("disk-full", `The disk is full: ${path} could not be written.`, {
      hint: "Free some space, or set WHISPER_VULKAN_CACHE to a folder on another disk; a download goes on where it stopped.",
      cause: error,
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new WhisperVulkanError("cache-not-writable", `The model cache can't be written: ${reason}.`, {
    hint: "Set WHISPER_VULKAN_CACHE to a folder that you may write to.",
    cause: error,
  });
}
