import { createWriteStream, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";

/** A file in a folder of its own under the system's temporary folder. */
export interface TemporaryFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** Folders still there; removed even when the process ends without having disposed of them. */
const folders = new Set<string>();
let exitHookSet = false;

/**
 * Writes a stream to a temporary file. Nothing is left behind when the stream fails or `signal` fires.
 *
 * @throws WhisperVulkanError `disk-full`, `file-unreadable` (the stream failed); the signal's AbortError
 */
export async function writeTemporaryFile(
  bytes: AsyncIterable<Uint8Array> | NodeJS.ReadableStream,
  name: string,
  signal?: AbortSignal,
): Promise<TemporaryFile> {
  const folder = await mkdtemp(join(tmpdir(), "whisper-vulkan-"));
  folders.add(folder);
  if (!exitHookSet) {
    exitHookSet = true;
    process.once("exit", () => {
      for (const left of folders) rmSync(left, { recursive: true, force: true });
    });
  }
  const remove = async () => {
    await rm(folder, { recursive: true, force: true });
    folders.delete(folder);
  };
  const path = join(folder, "recording");
  try {
    const source = signal === undefined || "pipe" in bytes ? bytes : endingWith(signal, bytes);
    await pipeline(source, bytesOnly(name), createWriteStream(path), signal === undefined ? {} : { signal });
  } catch (error) {
    await remove();
    if (signal?.aborted) throw error;
    throw spoolingError(name, error);
  }
  return { path, remove };
}

/**
 * `pieces` until the signal fires. A pipeline destroys streams of Node's then, but waits for whatever else is asked
 * for its next piece, and a microphone that is silent may never give one.
 */
async function* endingWith(
  signal: AbortSignal,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = iteratorOf(pieces);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {}); // it may fire when nothing is asked for
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await Promise.race([iterator.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    // Not awaited: a generator ends only after the piece it was asked for.
    Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/** A web stream's own iterator can't be ended while it is asked for a piece; its reader can. */
function iteratorOf(pieces: AsyncIterable<Uint8Array>): AsyncIterator<Uint8Array> {
  if (!(pieces instanceof ReadableStream)) return pieces[Symbol.asyncIterator]();
  const reader: ReadableStreamDefaultReader<Uint8Array> = pieces.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
    return: () => reader.cancel().then(() => ({ done: true, value: undefined })),
  };
}

/** Writing anything else to a file would be an error outside the pipeline. */
function bytesOnly(name: string) {
  return async function* (pieces: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      if (!(piece instanceof Uint8Array)) {
        throw new WhisperVulkanError("option-invalid", `${name}: carries a ${typeof piece}, not bytes`, {
          hint: "Give a stream of a file's bytes, without an encoding set.",
        });
      }
      yield piece;
    }
  };
}

function spoolingError(name: string, error: unknown): WhisperVulkanError {
  if (error instanceof WhisperVulkanError) return error;
  if (systemErrorCode(error) === "ENOSPC") {
    return new WhisperVulkanError("disk-full", `${name}: the temporary folder ${tmpdir()} is full`, {
      hint: "Free space there, or let TMPDIR name another folder.",
      cause: error,
    });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new WhisperVulkanError("file-unreadable", `${name}: reading it failed (${why})`, { cause: error });
}
