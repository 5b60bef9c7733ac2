import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { systemErrorCode, WhisperVulkanError } from "./errors.js";

/** A file that comes with the package. Errors: package-incomplete. */
export function readPackageFile(file: URL): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw packageIncomplete(file, reasonOf(cause), cause);
  });
}

/** The same at once. Errors: package-incomplete. */
export function readPackageFileSync(file: URL): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw packageIncomplete(file, reasonOf(cause), cause);
  }
}

/** The error for a file of the package that is not as it was packed. what: "is damaged". */
export function packageIncomplete(file: URL, what: string, cause?: unknown): WhisperVulkanError {
  const path = file.protocol === "file:" ? fileURLToPath(file) : file.href;
  return new WhisperVulkanError("package-incomplete", `${path}, a file of whisper-vulkan, ${what}`, {
    hint:
      "Install whisper-vulkan again; where it is bundled, mark it as external (esbuild: --external:whisper-vulkan), " +
      "so that its files stay beside it",
    cause,
  });
}

function reasonOf(cause: unknown): string {
  const code = systemErrorCode(cause);
  return code === "ENOENT" ? "is missing" : `cannot be read (${code ?? cause})`;
}
