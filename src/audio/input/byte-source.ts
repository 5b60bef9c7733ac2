import { Buffer } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { writeTemporaryFile } from "./temporary-file.js";

/** Bytes that can be read at any offset and more than once: a file, memory or a Blob. */
export interface ByteSource {
  /** What messages call it: a path, a URL, "stream". */
  readonly name: string;
  readonly sizeBytes: number;
  /** `length` bytes from `offset` on; fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** A file with these bytes, for programs that want one; written when first asked for. */
  path(): Promise<string>;
  /** Closes the file and removes what was written to the temporary folder. */
  close(): Promise<void>;
}

/** Opens a regular file. `remove` takes it away when the source is closed. */
export async function openFile(
  path: string,
  name: string,
  remove: () => Promise<void> = async () => {},
): Promise<ByteSource> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (error) {
    throw unreadable(name, error);
  }
  const { size } = await handle.stat();
  let closed = false;
  return {
    name,
    sizeBytes: size,
    read: (offset, length) => readFully(handle, name, offset, Math.min(length, size - offset)),
    path: async () => path,
    close: async () => {
      if (closed) return;
      closed = true;
      await handle.close();
      await remove();
    },
  };
}

/** The bytes of a Blob or File. */
export function blobSource(blob: Blob, name: string): ByteSource {
  return withTemporaryPath(name, blob.size, async (offset, length) => {
    return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
  });
}

/** Bytes in memory; they are not copied. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return withTemporaryPath(name, bytes.byteLength, async (offset, length) =>
    bytes.subarray(offset, offset + length),
  );
}

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
  const why = code === "EACCES" || code === "EPERM" ? "permission denied" : (code ?? String(error));
  return new WhisperVulkanError("file-unreadable", `${name}: cannot be read (${why})`, {
    hint: "Check that the file is there and that this user may read it.",
    cause: error,
  });
}

/** The error for a folder given as a recording. */
export function folderError(name: string): WhisperVulkanError {
  return new WhisperVulkanError("file-is-folder", `${name}: is a folder, not a recording`, {
    hint: "Name the files in it.",
  });
}

async function readFully(handle: FileHandle, name: string, offset: number, length: number) {
  const bytes = Buffer.allocUnsafeSlow(Math.max(length, 0));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle
      .read(bytes, filled, bytes.length - filled, offset + filled)
      .catch((error) => Promise.reject(unreadable(name, error)));
    if (bytesRead === 0) break; // the file became shorter since it was opened
    filled += bytesRead;
  }
  return new Uint8Array(bytes.buffer, 0, filled);
}

function withTemporaryPath(name: string, sizeBytes: number, read: ByteSource["read"]): ByteSource {
  let written: ReturnType<typeof writeTemporaryFile> | null = null;
  const source: ByteSource = {
    name,
    sizeBytes,
    read,
    path: async () => {
      written ??= writeTemporaryFile(bytesOf(source), name);
      return (await written).path;
    },
    close: async () => {
      const file = await written?.catch(() => null);
      await file?.remove();
    },
  };
  return source;
}

/** The bytes from `start` to the end, in pieces. */
export async function* bytesOf(
  source: ByteSource,
  start = 0,
  pieceBytes = 65536,
): AsyncGenerator<Uint8Array> {
  for (let offset = start; offset < source.sizeBytes; ) {
    const piece = await source.read(offset, pieceBytes);
    if (piece.length === 0) return;
    yield piece;
    offset += piece.length;
  }
}
