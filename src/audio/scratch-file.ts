import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemErrorCode, WhisperVulkanError } from "../errors.js";

/**
 * A file in the system's temporary folder for what is too much for memory. It has no name from the start, so that it
 * goes when it is closed or this process ends, in whatever way.
 */
export class ScratchFile {
  readonly #handle: FileHandle;
  #sizeBytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws WhisperVulkanError `temporary-folder-unwritable`, `disk-full` */
  static async create(): Promise<ScratchFile> {
    const path = join(tmpdir(), `whisper-vulkan-${randomUUID()}`);
    let handle: FileHandle | null = null;
    try {
      handle = await open(path, "wx+", 0o600);
      await rm(path); // Windows too removes an open file of Node's, at the latest when it is closed
      return new ScratchFile(handle);
    } catch (error) {
      await handle?.close();
      await rm(path, { force: true }).catch(() => {}); // what keeps it there is the error already
      throw scratchError(error);
    }
  }

  /**
   * Writes behind everything so far; answers where, in bytes from the start.
   * @throws WhisperVulkanError `disk-full`, `temporary-folder-unwritable`
   */
  async append(bytes: Uint8Array): Promise<number> {
    const offset = this.#sizeBytes;
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    } catch (error) {
      throw scratchError(error);
    }
    this.#sizeBytes += bytes.length;
    return offset;
  }

  /** Fills `into` with what was written at an offset. */
  async read(offset: number, into: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < into.length; ) {
        const { bytesRead } = await this.#handle.read(into, done, into.length - done, offset + done);
        if (bytesRead === 0) throw new Error("the temporary file is shorter than what was written to it");
        done += bytesRead;
      }
    } catch (error) {
      throw scratchError(error);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function scratchError(error: unknown): WhisperVulkanError {
  const code = systemErrorCode(error);
  const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";
  if (code === "ENOSPC" || code === "EDQUOT")
    return new WhisperVulkanError("disk-full", `The temporary folder ${tmpdir()} is full.`, {
      hint: `Free space there, or let the environment variable ${variable} name another folder. An hour of a recording that comes through a pipe takes 115 MB.`,
      cause: error,
    });
  const why = error instanceof Error ? error.message : String(error);
  return new WhisperVulkanError(
    "temporary-folder-unwritable",
    `The temporary folder ${tmpdir()} can't be used (${why}).`,
    {
      hint: `Let the environment variable ${variable} name a folder that you may write to.`,
      cause: error,
    },
  );
}
