import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { systemErrorCode, WhisperVulkanError } from "./errors.js";

/** A file or folder that comes with the package. Errors: package-incomplete, where a bundler left it behind. */
export function packageFile(url: URL): URL {
  if (existsSync(url)) return url;
  throw packageIncomplete(url, "is missing");
}

/** A file that comes with the package. Errors: package-incomplete. */
export function readPackageFile(file: URL): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw packageIncomplete(file, reasonOf(cause), cause);
  });
}

/** The error for a file of the package that is not as it was packed. what: "is damaged". */
export function packageIncomplete(file: URL, what: string, cause?: unknown): WhisperVulkanError {
  const path = file.protocol === "file:" ? fileURLToPath(file) : file.href;
  return new WhisperVulkanError("package-incomplete", `${path}, a file of whisper-vulkan, ${what}`, {
    hint: "If a bundler put the package into one file, mark whisper-vulkan as external; otherwise install it again",
    cause,
  });
}

function reasonOf(cause: unknown): string {
  const code = systemErrorCode(cause);
  return code === "ENOENT" ? "is missing" : `cannot be read (${code ?? cause})`;
}
