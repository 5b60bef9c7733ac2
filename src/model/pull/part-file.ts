import { createHash, type Hash } from "node:crypto";
import { constants, type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { writingFailed } from "../cache/file-errors.js";
import { hashInto } from "../cache/verified-file.js";

/**
 * A file that grows at its end while its SHA-1 is computed. Its contents at opening are hashed
 * first, so that a download can continue where an earlier one stopped.
 */
export class PartFile {
  readonly path: string;
  /** Bytes it held when it was opened, or 0 after a restart. */
  inheritedBytes: number;
  sizeBytes: number;
  readonly #handle: FileHandle;
  #hash: Hash;
  #closed = false;

  private constructor(path: string, handle: FileHandle, hash: Hash, sizeBytes: number) {
    this.path = path;
    this.#handle = handle;
    this.#hash = hash;
    this.sizeBytes = sizeBytes;
    this.inheritedBytes = sizeBytes;
  }

  /** Opens or creates it. onHash is called as the existing bytes are hashed. */
  static async open(
    path: string,
    onHash: (doneBytes: number, totalBytes: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<PartFile> {
    let handle: FileHandle | null = null;
    try {
      handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o666);
      const { size } = await handle.stat();
      const hash = createHash("sha1");
      await hashInto(hash, path, size, (doneBytes) => onHash(doneBytes, size), signal);
      return new PartFile(path, handle, hash, size);
    } catch (error) {
      await handle?.close();
      throw writingFailed(path, error);
    }
  }

  /** @throws WhisperVulkanError "disk-full" or "cache-not-writable" */
  async append(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.byteLength) {
      const result = await this.#handle
        .write(bytes, written, bytes.byteLength - written, this.sizeBytes + written)
        .catch((error: unknown) => {
          throw writingFailed(this.path, error);
        });
      written += result.bytesWritten;
    }
    this.#hash.update(bytes);
    this.sizeBytes += bytes.byteLength;
  }

  /** Discards its contents. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0).catch((error: unknown) => {
      throw writingFailed(this.path, error);
    });
    this.#hash = createHash("sha1");
    this.sizeBytes = 0;
    this.inheritedBytes = 0;
  }

  /** SHA-1 of its current contents. */
  sha1(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Makes sure that the bytes are on the disk, and gives the file its final name. */
  async moveTo(path: string): Promise<void> {
    try {
      await this.#handle.sync();
      await this.close();
      await rename(this.path, path);
      await syncFolder(dirname(path));
    } catch (error) {
      throw writingFailed(path, error);
    }
  }

  /** Closes the file and leaves it for a later download. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }
}

/** A new name is only safe once its folder is on the disk; Windows can't open folders and needn't. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
