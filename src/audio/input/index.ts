import { constants, createReadStream, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { WhisperVulkanError } from "../../errors.js";
import { bytesOfDataAddress, isAddress, parseAddress, pathOfAddress, unreadableAddress } from "./address.js";
import type { ByteSource } from "./byte-source.js";
import { blobSource, memorySource, openFile } from "./file-source.js";
import { openHttp } from "./http.js";
import { nameForMessages } from "./names.js";
import {
  type AudioBufferLike,
  isAsyncIterable,
  kindOf,
  type SampleArray,
  type SampleStream,
  type Samples,
} from "./samples.js";
import { StreamSource } from "./stream-source.js";
import { folderError, unreadable } from "./system-errors.js";

export { isAddress, parseAddress, pathOfAddress } from "./address.js";
export type { ByteSource } from "./byte-source.js";
export {
  type AudioBufferLike,
  type GivenSamples,
  givenSamples,
  isRate,
  RATES,
  type SampleArray,
  type SampleStream,
  type Samples,
} from "./samples.js";
export { StreamSource } from "./stream-source.js";

/**
 * Whatever holds a recording.
 *
 * - A string is a path, or a URL when it starts with `file:`, `http:`, `https:` or `data:`; a URL object is the same.
 * - Bytes of a file: Uint8Array (a Buffer is one), DataView, ArrayBuffer, SharedArrayBuffer, Blob, or a stream of Uint8Array (Node's, the web's, any
 *   async iterable).
 * - Samples: a bare Float32Array, Float64Array or Int16Array is mono at 16 kHz; `{ samples, sampleRate }` at any rate,
 *   where `samples` may also be an async iterable of such arrays; an async iterable with a `sampleRate` of its own; an
 *   AudioBuffer of the Web Audio API.
 */
export type AudioInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | SharedArrayBuffer
  | DataView
  | Blob
  | SampleArray
  | Samples
  | SampleStream
  | AudioBufferLike
  | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array>;

/**
 * Opens the bytes of a recording. Streams, pipes and downloads are read as they arrive.
 *
 * @throws WhisperVulkanError `file-not-found`, `file-is-folder`, `file-empty`, `file-unreadable`,
 *   `too-many-open-files`, `option-invalid`
 */
export async function openBytes(input: unknown, signal?: AbortSignal): Promise<ByteSource> {
  const source = await openAny(input, signal);
  const stopped = () => source instanceof StreamSource && source.stop(signal?.reason);
  signal?.addEventListener("abort", stopped, { once: true });
  if (signal?.aborted) stopped();
  try {
    if ((await source.read(0, 1)).length > 0) return source;
    throw new WhisperVulkanError("file-empty", `${source.name}: is empty (0 bytes)`, {
      hint: "Check that the recording was written completely.",
    });
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openAny(input: unknown, signal?: AbortSignal): Promise<ByteSource> {
  if (typeof input === "string") {
    return isAddress(input) ? openUrl(parseAddress(input), signal) : openPath(input, nameForMessages(input));
  }
  if (input instanceof URL) return openUrl(input, signal);
  const bytes = bytesIn(input);
  if (bytes !== null) return memorySource(bytes, "buffer");
  if (input instanceof Blob)
    return blobSource(input, nameForMessages((input as Partial<File>).name || "blob"));
  if ((input as { locked?: unknown } | null)?.locked === true && isAsyncIterable(input)) {
    throw new WhisperVulkanError("option-invalid", "the stream is locked: something else reads it", {
      hint: "Give a stream that has no reader yet.",
    });
  }
  if (isAsyncIterable(input))
    return streamSource(input as AsyncIterable<Uint8Array>, "stream", "The stream broke off.");
  throw new WhisperVulkanError("option-invalid", `The recording cannot be ${kindOf(input)}`, {
    hint: "Give a path, a URL, the bytes of a file, a stream of them, or { samples, sampleRate }.",
  });
}

/** Bytes in memory, whoever made them: those of another realm (a test runner, Electron) and shared ones count too. */
function bytesIn(input: unknown): Uint8Array | null {
  const kind = Object.prototype.toString.call(input).slice(8, -1);
  if (kind === "ArrayBuffer" || kind === "SharedArrayBuffer") return new Uint8Array(input as ArrayBuffer);
  if (!ArrayBuffer.isView(input) || !["Uint8Array", "Uint8ClampedArray", "DataView"].includes(kind))
    return null;
  return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
}

async function openUrl(url: URL, signal?: AbortSignal): Promise<ByteSource> {
  const name = nameForMessages(url.href);
  if (url.protocol === "http:" || url.protocol === "https:") return openHttp(url, signal);
  if (url.protocol === "file:") return openPath(pathOfAddress(url), name);
  if (url.protocol === "data:") return memorySource(await bytesOfDataAddress(url), name);
  throw unreadableAddress(url);
}

async function openPath(path: string, name: string): Promise<ByteSource> {
  if (path === "") {
    throw new WhisperVulkanError("option-invalid", "the path of the recording is empty", {
      hint: "Give the path of a file.",
    });
  }
  const info = await stat(path).catch((error) => Promise.reject(unreadable(name, error)));
  if (info.isDirectory()) throw folderError(name);
  if (info.isFile()) return openFile(path, name);
  // Pipes and devices (/dev/stdin, a shell's process substitution) can be read once only.
  const stream = info.isFIFO() ? openPipe(path, name) : createReadStream(path);
  return streamSource(stream, name, "The program that writes to it ended with an error.");
}

function streamSource(
  stream: NodeJS.ReadableStream | AsyncIterable<Uint8Array>,
  name: string,
  hint: string,
): ByteSource {
  return new StreamSource(stream as AsyncIterable<Uint8Array>, { name, sizeBytes: null, hint });
}

/**
 * Polls a pipe where that works. Opening or reading it otherwise blocks a thread until something is written, and a process
 * cannot end, or even exit, while a thread of its pool is blocked.
 */
function openPipe(path: string, name: string): NodeJS.ReadableStream {
  if (process.platform !== "linux") return createReadStream(path); // polls end at once where no writer is connected yet
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    throw unreadable(name, error);
  }
}
