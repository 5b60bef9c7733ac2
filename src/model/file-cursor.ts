import { type FileHandle, open, stat } from "node:fs/promises";
import { systemErrorCode, WhisperVulkanError } from "../errors.js";
import { cut } from "../shown.js";

/** Between two tensors only a few dozen bytes are needed, so reading far ahead would be wasteful. */
const chunkSizeBytes = 8 * 1024;
/** Where chunks are read in sequence, as in the vocabulary, they grow up to this size. */
const largestChunkBytes = 256 * 1024;
const anotherCopy =
  "Get the file again (`whisper-vulkan pull NAME` for an official model) or name another one.";

/** Reads a binary file from front to back with positional reads, keeping one chunk of it in memory. */
export class FileCursor {
  readonly path: string;
  readonly sizeBytes: number;
  /** Where the next take starts. */
  offsetBytes = 0;
  readonly #handle: FileHandle;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkOffsetBytes = 0;

  private constructor(path: string, handle: FileHandle, sizeBytes: number) {
    this.path = path;
    this.#handle = handle;
    this.sizeBytes = sizeBytes;
  }

  /** @throws WhisperVulkanError "file-not-found", "file-is-folder" or "file-unreadable" */
  static async open(path: string): Promise<FileCursor> {
    try {
      // Before opening, since opening a named pipe waits for someone to write into it.
      const status = await stat(path);
      if (status.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
      if (!status.isFile()) throw new Error("it is not a regular file");
      return new FileCursor(path, await open(path, "r"), status.size);
    } catch (error) {
      throw openingFailed(path, error);
    }
  }

  /**
   * The next `sizeBytes` bytes. They stay valid after later takes. `what` names them in errors.
   * @throws WhisperVulkanError "model-invalid" where the file ends before
   */
  async take(sizeBytes: number, what: string): Promise<Uint8Array> {
    this.#checkInside(sizeBytes, what);
    const start = this.offsetBytes - this.#chunkOffsetBytes;
    if (start < 0 || start + sizeBytes > this.#chunk.byteLength) {
      const goesOn = start >= 0 && start <= this.#chunk.byteLength;
      const ahead = Math.max(
        chunkSizeBytes,
        goesOn ? Math.min(2 * this.#chunk.byteLength, largestChunkBytes) : 0,
      );
      const length = Math.min(Math.max(sizeBytes, ahead), this.sizeBytes - this.offsetBytes);
      // A new array each time, since views of the old one may still be in use.
      this.#chunk = new Uint8Array(length);
      this.#chunkOffsetBytes = this.offsetBytes;
      await this.readAt(this.offsetBytes, this.#chunk, what);
    }
    const first = this.offsetBytes - this.#chunkOffsetBytes;
    this.offsetBytes += sizeBytes;
    return this.#chunk.subarray(first, first + sizeBytes);
  }

  /** Like take() where that needs no reading; otherwise null, and nothing is taken. */
  takeAtOnce(sizeBytes: number): Uint8Array | null {
    const first = this.offsetBytes - this.#chunkOffsetBytes;
    if (first < 0 || first + sizeBytes > this.#chunk.byteLength) return null;
    this.offsetBytes += sizeBytes;
    return this.#chunk.subarray(first, first + sizeBytes);
  }

  /** Moves past bytes without reading them, checking that they are there. */
  skip(sizeBytes: number, what: string): void {
    this.#checkInside(sizeBytes, what);
    this.offsetBytes += sizeBytes;
  }

  get remainingBytes(): number {
    return this.sizeBytes - this.offsetBytes;
  }

  /** `count` little-endian numbers of 32 bits, as signed ones. */
  async takeInt32(count: number, what: string): Promise<number[]> {
    const bytes = await this.take(4 * count, what);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: count }, (_, index) => view.getInt32(4 * index, true));
  }

  /** Fills `into` from a place in the file; doesn't move the cursor. */
  async readAt(offsetBytes: number, into: Uint8Array, what: string): Promise<void> {
    let filled = 0;
    while (filled < into.byteLength) {
      const { bytesRead } = await this.#handle
        .read(into, filled, into.byteLength - filled, offsetBytes + filled)
        .catch((cause: unknown) => {
          throw new WhisperVulkanError(
            "file-unreadable",
            `${cut(this.path)} can't be read: ${messageOf(cause)}.`,
            {
              hint: "The file was opened, so check the disk or network drive that it is on.",
              cause,
            },
          );
        });
      if (bytesRead === 0) this.#endsInside(offsetBytes + filled, what);
      filled += bytesRead;
    }
  }

  /** The error for a fault at a place in this file. `what` is a full clause without a full stop. */
  invalid(what: string, offsetBytes = this.offsetBytes, hint = anotherCopy): WhisperVulkanError {
    return new WhisperVulkanError("model-invalid", `${cut(this.path)}: ${what} (at byte ${offsetBytes}).`, {
      hint,
    });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #checkInside(sizeBytes: number, what: string): void {
    if (sizeBytes > this.remainingBytes) this.#endsInside(this.sizeBytes, what);
  }

  #endsInside(endBytes: number, what: string): never {
    throw this.invalid(`the file ends inside ${what}; it is cut short`, endBytes);
  }
}

function openingFailed(path: string, cause: unknown): WhisperVulkanError {
  const code = systemErrorCode(cause);
  const name = cut(path);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new WhisperVulkanError("file-not-found", `There is no model file ${name}.`, {
      hint: "Give the path of a ggml file, or a model's name such as base (`whisper-vulkan models` lists them).",
      cause,
    });
  }
  if (code === "EISDIR") {
    return new WhisperVulkanError("file-is-folder", `${name} is a folder, not a model file.`, {
      hint: "Give the path of the ggml file inside it.",
      cause,
    });
  }
  return new WhisperVulkanError("file-unreadable", `${name} can't be opened: ${messageOf(cause)}.`, {
    hint: "Check that it is a file that you may read.",
    cause,
  });
}

function messageOf(error: unknown): string {
  return cut(error instanceof Error ? error.message : String(error));
}
