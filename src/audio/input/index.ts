import { constants, createReadStream, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { WhisperVulkanError } from "../../errors.js";
import { isAddress, parseAddress, pathOfAddress } from "./address.js";
import {
  type ByteSource,
  blobSource,
  folderError,
  memorySource,
  openFile,
  unreadable,
} from "./byte-source.js";
import { openHttp } from "./http.js";
import { writeTemporaryFile } from "./temporary-file.js";

export { isAddress, parseAddress, pathOfAddress } from "./address.js";
export { type ByteSource, bytesOf } from "./byte-source.js";

/** Rates a recording may have, in Hz, whole numbers; beyond, a header is taken for damaged. */
export const RATES = { lowest: 1000, highest: 768_000 };

export function isRate(hz: number): boolean {
  return Number.isInteger(hz) && hz >= RATES.lowest && hz <= RATES.highest;
}

/** Mono samples in memory with their rate in Hz. */
export interface Samples {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

/**
 * Whatever holds a recording. A string is a path, or a URL when it starts with `file:`, `http:` or
 * `https:`. A bare Float32Array is mono samples at 16 kHz. Streams carry the bytes of a file.
 */
export type AudioInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | Float32Array
  | Samples
  | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array>;

/** Samples given directly, or null when the input is a file of some kind. */
export function samplesOf(input: AudioInput): Samples | null {
  if (input instanceof Float32Array) return { samples: input, sampleRate: 16000 };
  const { samples, sampleRate } = (input ?? {}) as Partial<Samples>;
  if (!(samples instanceof Float32Array)) return null;
  if (typeof sampleRate !== "number" || !isRate(sampleRate)) {
    throw new WhisperVulkanError("option-invalid", `sampleRate is ${String(sampleRate)}, not a rate in Hz`, {
      hint: `Give { samples, sampleRate } with the samples per second, whole, ${RATES.lowest} to ${RATES.highest}.`,
    });
  }
  return { samples, sampleRate };
}

/**
 * Opens the bytes of a recording. Streams, pipes and downloads go to a temporary file first, because
 * decoding reads them more than once.
 *
 * @throws WhisperVulkanError `file-not-found`, `file-is-folder`, `file-empty`, `file-unreadable`,
 *   `disk-full`, `option-invalid`
 */
export async function openBytes(input: AudioInput, signal?: AbortSignal): Promise<ByteSource> {
  const source = await openAny(input, signal);
  if (source.sizeBytes > 0) return source;
  await source.close();
  throw new WhisperVulkanError("file-empty", `${source.name}: is empty (0 bytes)`, {
    hint: "Check that the recording was written completely.",
  });
}

async function openAny(input: AudioInput, signal?: AbortSignal): Promise<ByteSource> {
  if (typeof input === "string") {
    return isAddress(input) ? openUrl(parseAddress(input), signal) : openPath(input, input, signal);
  }
  if (input instanceof URL) return openUrl(input, signal);
  if (input instanceof Uint8Array) return memorySource(input, "buffer");
  if (input instanceof ArrayBuffer) return memorySource(new Uint8Array(input), "buffer");
  if (input instanceof Blob) return blobSource(input, (input as Partial<File>).name || "blob");
  if (isByteStream(input)) return spool(input, "stream", signal);
  throw new WhisperVulkanError("option-invalid", `a recording cannot be a ${describe(input)}`, {
    hint: "Give a path, URL, Buffer, Float32Array, Blob or a stream of bytes.",
  });
}

async function openUrl(url: URL, signal?: AbortSignal): Promise<ByteSource> {
  if (url.protocol === "http:" || url.protocol === "https:") {
    return spool(await openHttp(url, signal), url.href, signal);
  }
  if (url.protocol === "file:") return openPath(pathOfAddress(url), url.href, signal);
  throw new WhisperVulkanError("option-invalid", `${url.href}: ${url.protocol} URLs cannot be read`, {
    hint: "Use a path or a file:, http: or https: URL.",
  });
}

async function openPath(path: string, name: string, signal?: AbortSignal): Promise<ByteSource> {
  const info = await stat(path).catch((error) => Promise.reject(unreadable(name, error)));
  if (info.isDirectory()) throw folderError(name);
  // Pipes and devices (/dev/stdin, a shell's process substitution) can be read once, so they are spooled.
  if (info.isFile()) return openFile(path, name);
  return spool(info.isFIFO() ? openPipe(path, name) : createReadStream(path), name, signal);
}

/**
 * A pipe is polled where that works: to open or read it otherwise holds a thread until somebody writes, and a process
 * can't end, or even exit, while a thread of its pool is held.
 */
function openPipe(path: string, name: string): NodeJS.ReadableStream {
  if (process.platform !== "linux") return createReadStream(path); // polls end at once where nobody writes yet
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function spool(
  bytes: NodeJS.ReadableStream | AsyncIterable<Uint8Array>,
  name: string,
  signal?: AbortSignal,
) {
  const file = await writeTemporaryFile(bytes, name, signal);
  return openFile(file.path, name, file.remove);
}

function isByteStream(input: unknown): input is AsyncIterable<Uint8Array> {
  return typeof (input as AsyncIterable<Uint8Array> | null)?.[Symbol.asyncIterator] === "function";
}

function describe(input: unknown): string {
  if (input === null || typeof input !== "object") return String(input === null ? null : typeof input);
  return input.constructor?.name ?? "plain object";
}
