import { readFile } from "node:fs/promises";
import { type ErrorCode, systemErrorCode, WhisperVulkanError } from "../errors.js";

/**
 * Reads a JSON file. shown: its name in messages; code: of the error for invalid JSON. Errors: that one; file-not-found,
 * file-is-folder, file-unreadable.
 */
export async function readJson(file: string, shown: string, code: ErrorCode): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw unreadable(shown, cause);
  });
  return parseJson(text, shown, code);
}

/** The same for text that was already read. */
export function parseJson(text: string, shown: string, code: ErrorCode): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")); // Windows' editors and shells begin files with a byte order mark
  } catch (cause) {
    throw new WhisperVulkanError(
      code,
      `${shown} is not valid JSON: ${(cause as Error).message.split("\n")[0]}`,
      {
        hint: "Write the file again, or mend it in a text editor.",
        cause,
      },
    );
  }
}

function unreadable(file: string, cause: unknown): WhisperVulkanError {
  const code = systemErrorCode(cause);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new WhisperVulkanError("file-not-found", `There is no file ${file}`, {
      hint: "Check the spelling and the current folder.",
      cause,
    });
  if (code === "EISDIR")
    return new WhisperVulkanError("file-is-folder", `${file} is a folder`, {
      hint: "Give the path of a file in it.",
      cause,
    });
  return new WhisperVulkanError("file-unreadable", `${file}: cannot be read (${code ?? cause})`, {
    hint: "Check that this user may read it.",
    cause,
  });
}
