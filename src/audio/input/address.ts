import { fileURLToPath } from "node:url";
import { WhisperVulkanError } from "../../errors.js";

/** Whether text names a recording by its address and not by its path. */
export function isAddress(text: string): boolean {
  return /^(https?|file):\/\//i.test(text);
}

/** Error: `option-invalid`. */
export function parseAddress(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new WhisperVulkanError("option-invalid", `${text}: not a valid URL`, { cause });
  }
}

/** The path a file: address stands for. Error: `option-invalid` (another host, an escape that is none). */
export function pathOfAddress(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new WhisperVulkanError("option-invalid", `${url.href}: names no file of this machine`, {
      hint: "Give its path, or a URL like file:///home/me/talk.mp3",
      cause,
    });
  }
}
