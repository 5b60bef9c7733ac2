import { tmpdir } from "node:os";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";

/** The error for a file that the system would not open or read. */
export function unreadable(name: string, error: unknown): WhisperVulkanError {
  const code = systemErrorCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new WhisperVulkanError("file-not-found", `${name}: no such file`, {
      hint: "Check the spelling of the path.",
      cause: error,
    });
  }
  if (code === "EISDIR") return folderError(name);
  if (isOutOfHandles(code)) return outOfHandles(name, code, error);
  const why = READING[code ?? ""] ?? code ?? String(error);
  return new WhisperVulkanError("file-unreadable", `${name}: cannot be read (${why})`, {
    hint: "Check that the file is there and that this user may read it.",
    cause: error,
  });
}

const READING: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENAMETOOLONG: "the name is too long",
  ERR_INVALID_ARG_VALUE: "there is a zero byte in the name",
};

/** The error for a folder given as a recording. */
export function folderError(name: string): WhisperVulkanError {
  return new WhisperVulkanError("file-is-folder", `${name}: is a folder, not a recording`, {
    hint: "Name the files in it.",
  });
}

/** The error for a temporary file that could not be made, written or read. */
export function temporaryFileError(name: string, error: unknown): WhisperVulkanError {
  const code = systemErrorCode(error);
  if (isOutOfHandles(code)) return outOfHandles(name, code, error);
  const setting = process.platform === "win32" ? "TEMP" : "TMPDIR";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new WhisperVulkanError("disk-full", `${name}: the temporary folder ${tmpdir()} is full`, {
      hint: `Free space there, or set the environment variable ${setting} to another folder.`,
      cause: error,
    });
  }
  const message = `${name}: cannot be stored in the temporary folder ${tmpdir()} (${REASONS[code ?? ""] ?? code ?? String(error)})`;
  return new WhisperVulkanError("temporary-folder-unwritable", message, {
    hint: `Set the environment variable ${setting} to a folder that exists and that this user may write to.`,
    cause: error,
  });
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "it is not a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "it is read-only",
};

function isOutOfHandles(code: string | null): code is "EMFILE" | "ENFILE" {
  return code === "EMFILE" || code === "ENFILE";
}

function outOfHandles(name: string, code: string, error: unknown): WhisperVulkanError {
  const message = `${name}: cannot be opened, too many files are open (${code})`;
  return new WhisperVulkanError("too-many-open-files", message, {
    hint: "Close some, transcribe fewer recordings at once, or raise the limit (ulimit -n).",
    cause: error,
  });
}
