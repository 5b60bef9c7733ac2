import { type FileHandle, open } from "node:fs/promises";
import type { ByteSource } from "./byte-source.js";
import { unreadable } from "./system-errors.js";
import { readFully, TemporaryFile } from "./temporary-file.js";

/**
 * Opens a regular file.
 *
 * @throws WhisperVulkanError `file-not-found`, `file-unreadable`, `too-many-open-files`
 */
export async function openFile(path: string, name: string): Promise<ByteSource> {
  let handle: FileHandle;
  let size: number;
  try {
    handle = await open(path, "r");
    ({ size } = await handle.stat());
  } catch (error) {
    throw unreadable(name, error);
  }
  let closed: Promise<void> | null = null;
  return {
    ...alwaysWhole(name, size),
    read: async (offset, length) => {
      try {
        return await readFully(handle, offset, Math.min(length, size - offset));
      } catch (error) {
        throw unreadable(name, error);
      }
    },
    path: async () => path,
    close: () => {
      closed ??= handle.close();
      return closed;
    },
  };
}

/** The bytes of a Blob or File. */
export function blobSource(blob: Blob, name: string): ByteSource {
  return withTemporaryPath(name, blob.size, async (offset, length) => {
    try {
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    } catch (error) {
      throw unreadable(name, error); // a blob may stand for a file that is gone
    }
  });
}

/** Bytes in memory; they are not copied. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return withTemporaryPath(name, bytes.byteLength, async (offset, length) =>
    bytes.subarray(offset, offset + length),
  );
}

function alwaysWhole(name: string, sizeBytes: number) {
  return { name, sizeBytes, isReplayable: true, release: () => {}, whole: async () => sizeBytes };
}

const PIECE_BYTES = 1 << 16;

function withTemporaryPath(name: string, sizeBytes: number, read: ByteSource["read"]): ByteSource {
  let written: Promise<TemporaryFile> | null = null;
  const write = async () => {
    const file = await TemporaryFile.create(name);
    try {
      for (let offset = 0; offset < sizeBytes; offset += PIECE_BYTES)
        await file.append(await read(offset, PIECE_BYTES));
      return file;
    } catch (error) {
      await file.remove();
      throw error;
    }
  };
  return {
    ...alwaysWhole(name, sizeBytes),
    read,
    path: async () => {
      written ??= write();
      return (await written).path;
    },
    close: async () => {
      const file = await written?.catch(() => null); // path() reports the error
      await file?.remove();
    },
  };
}
