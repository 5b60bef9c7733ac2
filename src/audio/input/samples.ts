import { WhisperVulkanError } from "../../errors.js";
import { reason, shown } from "../../shown.js";
import type { Pcm } from "../pcm.js";
import { StoppableReader } from "./stoppable-reader.js";

/** Rates that a recording may have, whole numbers in Hz. A header with any other rate counts as damaged. */
export const RATES = { lowest: 1000, highest: 768_000 };

export function isRate(hz: unknown): hz is number {
  return Number.isInteger(hz) && (hz as number) >= RATES.lowest && (hz as number) <= RATES.highest;
}

/** Mono samples: floats from -1 to 1, or 16-bit integers. */
export type SampleArray = Float32Array | Float64Array | Int16Array;

/** Mono samples with their rate in Hz: in memory, or a stream. */
export interface Samples {
  readonly samples: SampleArray | AsyncIterable<SampleArray>;
  readonly sampleRate: number;
}

/** A stream of mono samples, with their rate in Hz. */
export interface SampleStream extends AsyncIterable<SampleArray> {
  readonly sampleRate: number;
}

/** What the Web Audio API decodes to: one Float32Array a channel. */
export interface AudioBufferLike {
  readonly numberOfChannels: number;
  readonly sampleRate: number;
  getChannelData(channel: number): Float32Array;
}

/** Samples that need no decoding. */
export interface GivenSamples {
  readonly durationSeconds: number | null;
  /** Whether `read` may be called again. */
  readonly isReplayable: boolean;
  /** @throws WhisperVulkanError `option-invalid` for pieces that are no samples; what the stream throws */
  read(): AsyncIterable<Pcm>;
  /** Ends a stream; what is being read fails with `reason`. */
  stop(reason: unknown): void;
}

/**
 * Samples given directly, or null when the input is a file of some kind.
 *
 * @throws WhisperVulkanError `option-invalid`: no such rate, samples of another kind
 */
export function givenSamples(input: unknown): GivenSamples | null {
  if (isSampleArray(input)) return inMemory([input], 16000);
  if (typeof input !== "object" || input === null) return null;
  if (isAudioBuffer(input)) {
    const channels = channelsOf(input);
    if (channels.length > 0 && channels.every(isSampleArray))
      return inMemory(channels, checkedRate(input.sampleRate));
    throw new WhisperVulkanError("option-invalid", "The recording is an AudioBuffer without samples", {
      hint: "Each channel must be a Float32Array.",
    });
  }
  const { samples, sampleRate } = input as { samples?: unknown; sampleRate?: unknown };
  if (samples !== undefined) {
    if (isSampleArray(samples)) return inMemory([samples], checkedRate(sampleRate));
    if (isAsyncIterable(samples)) return asTheyCome(samples, checkedRate(sampleRate));
    throw new WhisperVulkanError("option-invalid", `The recording's samples are ${kindOf(samples)}`, {
      hint: `${SAMPLES_HINT} Give { samples, sampleRate }.`,
    });
  }
  if (sampleRate !== undefined && isAsyncIterable(input)) return asTheyCome(input, checkedRate(sampleRate));
  return null;
}

/** None where the AudioBuffer fails. */
function channelsOf(buffer: AudioBufferLike): Float32Array[] {
  try {
    return Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i));
  } catch (cause) {
    throw new WhisperVulkanError("option-invalid", `the AudioBuffer gives no samples (${reason(cause)})`, {
      hint: "Each of its channels must give a Float32Array.",
      cause,
    });
  }
}

/** What a value is, for messages: "an Array", "null". */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const name = typeof value === "object" ? value.constructor?.name || "object without a class" : typeof value;
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

const SAMPLES_HINT =
  "Samples are a Float32Array (-1 to 1), Float64Array or Int16Array, or an async iterable of them.";
/** Samples handed on at once. */
const PIECE = 16000;

function inMemory(channels: readonly SampleArray[], sampleRate: number): GivenSamples {
  const nSamples = Math.min(...channels.map((channel) => channel.length));
  async function* read(): AsyncGenerator<Pcm> {
    for (let at = 0; at < nSamples; at += PIECE) {
      const end = Math.min(at + PIECE, nSamples);
      yield {
        channels: channels.map((channel) => toFloats(channel.subarray(at, end))),
        sampleRate,
        speakers: null,
      };
    }
  }
  return { durationSeconds: nSamples / sampleRate, isReplayable: true, read, stop: () => {} };
}

function asTheyCome(stream: AsyncIterable<unknown>, sampleRate: number): GivenSamples {
  const reader = new StoppableReader(stream);
  async function* read(): AsyncGenerator<Pcm> {
    for (;;) {
      const { done, value } = await reader.next().catch((error: unknown) => {
        throw error instanceof WhisperVulkanError ? error : streamFailed(error);
      });
      if (done) return;
      if (!isSampleArray(value)) {
        throw new WhisperVulkanError("option-invalid", `The stream of samples yields ${kindOf(value)}`, {
          hint: SAMPLES_HINT,
        });
      }
      for (let at = 0; at < value.length; at += PIECE)
        yield { channels: [toFloats(value.subarray(at, at + PIECE))], sampleRate, speakers: null };
    }
  }
  return { durationSeconds: null, isReplayable: false, read, stop: (reason) => reader.stop(reason) };
}

function streamFailed(error: unknown): WhisperVulkanError {
  return new WhisperVulkanError("file-unreadable", `samples: reading them failed (${reason(error)})`, {
    hint: "The stream of samples ended with an error of its own.",
    cause: error,
  });
}

function toFloats(samples: SampleArray): Float32Array {
  if (isOfKind(samples, "Float32Array")) return samples as Float32Array;
  if (isOfKind(samples, "Int16Array")) return Float32Array.from(samples, (sample) => sample / 32768);
  return Float32Array.from(samples);
}

function checkedRate(sampleRate: unknown): number {
  if (isRate(sampleRate)) return sampleRate;
  throw new WhisperVulkanError("option-invalid", `sampleRate is ${shown(sampleRate)}, not a rate in Hz`, {
    hint: `Give the samples per second, whole, ${RATES.lowest} to ${RATES.highest}.`,
  });
}

/** By name and not by class, since arrays from another realm (a test runner, a frame, Electron) count too. */
function isOfKind(value: unknown, kind: string): boolean {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === `[object ${kind}]`;
}

function isSampleArray(value: unknown): value is SampleArray {
  return ["Float32Array", "Float64Array", "Int16Array"].some((kind) => isOfKind(value, kind));
}

function isAudioBuffer(value: object): value is AudioBufferLike {
  const { numberOfChannels, getChannelData } = value as Partial<AudioBufferLike>;
  return Number.isInteger(numberOfChannels) && typeof getChannelData === "function";
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof (value as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === "function";
}
