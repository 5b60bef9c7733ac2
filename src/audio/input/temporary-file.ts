import { Buffer } from "node:buffer";
import { rmSync } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFileError } from "./system-errors.js";

/** Folders still there; removed even when the process ends without having disposed of them. */
const folders = new Set<string>();
let exitHookSet = false;

/**
 * A file in its own folder under the system's temporary folder. All methods throw WhisperVulkanError `disk-full`,
 * `temporary-folder-unwritable`, `too-many-open-files`.
 */
export class TemporaryFile {
  readonly path: string;
  readonly #folder: string;
  readonly #handle: FileHandle;
  readonly #name: string;
  #sizeBytes = 0;

  private constructor(folder: string, path: string, handle: FileHandle, name: string) {
    this.#folder = folder;
    this.path = path;
    this.#handle = handle;
    this.#name = name;
  }

  /** `name`: the recording's, for messages. */
  static async create(name: string): Promise<TemporaryFile> {
    let folder: string | null = null;
    try {
      folder = await mkdtemp(join(tmpdir(), "whisper-vulkan-"));
      removeAtExit(folder);
      const path = join(folder, "recording");
      return new TemporaryFile(folder, path, await open(path, "w+"), name);
    } catch (error) {
      if (folder !== null) await removeFolder(folder);
      throw temporaryFileError(name, error);
    }
  }

  /**
   * Makes a file without a name, which no other program can open: nothing of it remains even if this process is killed.
   * (Windows names it until it is closed.)
   */
  static async createUnnamed(name: string): Promise<TemporaryFile> {
    const file = await TemporaryFile.create(name);
    if (process.platform !== "win32") await removeFolder(file.#folder);
    return file;
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Adds bytes at the end. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#sizeBytes);
        at += bytesWritten;
        this.#sizeBytes += bytesWritten;
      }
    } catch (error) {
      throw temporaryFileError(this.#name, error);
    }
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    try {
      return await readFully(this.#handle, offset, Math.min(lengthBytes, this.#sizeBytes - offset));
    } catch (error) {
      throw temporaryFileError(this.#name, error);
    }
  }

  async remove(): Promise<void> {
    await this.#handle.close().catch(() => {}); // it is about to be removed, and Windows removes only closed files
    await removeFolder(this.#folder);
  }
}

/** Reads from a file until `lengthBytes` are there or it ends. */
export async function readFully(handle: FileHandle, offset: number, lengthBytes: number) {
  const bytes = Buffer.allocUnsafeSlow(Math.max(lengthBytes, 0));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) break; // the file became shorter since it was opened
    filled += bytesRead;
  }
  return new Uint8Array(bytes.buffer, 0, filled);
}

function removeAtExit(folder: string): void {
  folders.add(folder);
  if (exitHookSet) return;
  exitHookSet = true;
  process.once("exit", () => {
    for (const left of folders) rmSync(left, { recursive: true, force: true });
  });
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  folders.delete(folder);
}
