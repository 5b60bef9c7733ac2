import { dirname } from "node:path";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";

/** Turns a failed write into "disk-full" or "cache-not-writable". Typed errors pass through. */
export function writingFailed(path: string, error: unknown): WhisperVulkanError {
  if (error instanceof WhisperVulkanError) return error;
  const code = systemErrorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new WhisperVulkanError("disk-full", `The disk is full: ${path} could not be written.`, {
      hint: "Free some space, or set WHISPER_VULKAN_CACHE to a folder on another disk; a download continues where it stopped.",
      cause: error,
    });
  }
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "this user may not use it",
    EPERM: "this user may not use it",
    EROFS: "it is on a disk that cannot be written to",
    EEXIST: "a file stands where the folder should be",
    ENOTDIR: "a file stands where the folder should be",
    ENAMETOOLONG: "its name is too long",
    EMFILE: "too many files are open",
    ENFILE: "too many files are open",
    EIO: "the disk fails",
  };
  const text = error instanceof Error ? error.message : String(error);
  const reason = (code && reasons[code]) ?? text;
  return new WhisperVulkanError(
    "cache-not-writable",
    `The model cache ${dirname(path)} can't be used: ${reason}.`,
    {
      hint: `${process.env.WHISPER_VULKAN_CACHE ? "WHISPER_VULKAN_CACHE names this folder: set it" : "Set WHISPER_VULKAN_CACHE"} to a folder that you may write to.`,
      cause: error,
    },
  );
}
