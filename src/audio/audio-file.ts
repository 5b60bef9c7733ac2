import { setImmediate as nextTurn } from "node:timers/promises";
import { WhisperVulkanError } from "../errors.js";
import { type AudioSource, WHISPER_SAMPLE_RATE } from "./audio-source.js";
import { type Decoder, openDecoder, type Pcm } from "./decode/index.js";
import { type AudioInput, isRate, openBytes, RATES, type Samples, samplesOf } from "./input/index.js";
import { firstNotFinite, mixDown } from "./mix-down.js";
import { Resampler } from "./resampler.js";

/**
 * A recording, ready to be decoded to 16 kHz mono. Each iteration decodes from the start, a few
 * milliseconds of work at a time, and holds no more than a second or so of samples. Iterating throws
 * WhisperVulkanError `audio-empty` (no samples at all), `audio-not-finite`, `audio-corrupt`,
 * `audio-unrecognised`, `audio-codec-unsupported`, `audio-no-track`, `file-unreadable`, `aborted`, `disposed`.
 */
export interface AudioFile extends AudioSource {
  /** What messages call it: a path, a URL, "stream", "samples". */
  readonly name: string;
  /** Length in seconds as the container tells or lets guess, null when unknown. Good for progress only. */
  readonly durationSeconds: number | null;
  /** Lines about damage that did not stop the decoding; complete after one whole iteration. */
  readonly warnings: readonly string[];
  [Symbol.asyncIterator](): AsyncGenerator<Float32Array>;
  /** Ends iterations under way, closes the file and removes temporary ones. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/** How to open a recording. */
export interface OpenAudioOptions {
  /** Stops opening and decoding with WhisperVulkanError `aborted`. */
  readonly signal?: AbortSignal;
  /** The program for what is not decoded here (AAC and others): name or path, default "ffmpeg". */
  readonly ffmpeg?: string;
}

/**
 * Opens a recording of any kind. Streams and downloads are first written to a temporary file. Damage may
 * show only when it is decoded.
 *
 * @throws WhisperVulkanError `file-not-found`, `file-is-folder`, `file-empty`, `file-unreadable`,
 *   `disk-full`, `option-invalid`, `audio-no-track`, `audio-corrupt`, `audio-empty`, `aborted`
 */
export async function openAudio(input: AudioInput, options: OpenAudioOptions = {}): Promise<AudioFile> {
  const { signal, ffmpeg = "ffmpeg" } = options;
  throwIfAborted(signal);
  const given = samplesOf(input);
  if (given !== null) return new DecodedAudio("samples", sampleDecoder(given), [], async () => {}, signal);
  try {
    const source = await openBytes(input, signal);
    try {
      throwIfAborted(signal);
      const warnings: string[] = [];
      const decoder = await openDecoder(source, ffmpeg, (warning) => {
        if (!warnings.includes(warning)) warnings.push(warning); // decoding again finds the same damage
      });
      return new DecodedAudio(source.name, decoder, warnings, () => source.close(), signal);
    } catch (error) {
      await source.close();
      throw error;
    }
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}

class DecodedAudio implements AudioFile {
  readonly sampleRate = WHISPER_SAMPLE_RATE;
  readonly isReplayable = true;
  readonly name: string;
  readonly durationSeconds: number | null;
  readonly warnings: readonly string[];
  readonly #decoder: Decoder;
  readonly #close: () => Promise<void>;
  readonly #signal: AbortSignal | undefined;
  readonly #running = new Set<AsyncGenerator<Float32Array>>();
  #disposed = false;

  constructor(
    name: string,
    decoder: Decoder,
    warnings: readonly string[],
    close: () => Promise<void>,
    signal: AbortSignal | undefined,
  ) {
    this.name = name;
    this.durationSeconds = decoder.durationSeconds;
    this.warnings = warnings;
    this.#decoder = decoder;
    this.#close = close;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    const pieces = this.#decode();
    this.#running.add(pieces);
    return pieces;
  }

  async *#decode(): AsyncGenerator<Float32Array> {
    let nSamples = 0;
    let turnEnds = performance.now() + TURN_MS;
    this.#checkUsable();
    try {
      for await (const piece of toWhisperRate(this.#decoder.decode(), this.name)) {
        nSamples += piece.length;
        if (piece.length > 0) yield piece;
        if (performance.now() > turnEnds) {
          await nextTurn();
          turnEnds = performance.now() + TURN_MS;
        }
        this.#checkUsable();
      }
    } catch (error) {
      this.#checkUsable(); // reading a file closed meanwhile fails in its own way
      throw error;
    }
    if (nSamples > 0) return;
    throw new WhisperVulkanError("audio-empty", `${this.name}: holds no sound (0 samples)`, {
      hint: "Check that the recording was made and written completely.",
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    // Iterations left half way hold decoders and perhaps a running ffmpeg.
    await Promise.allSettled([...this.#running].map((pieces) => pieces.return(undefined)));
    await this.#close();
  }

  #checkUsable(): void {
    throwIfAborted(this.#signal);
    if (this.#disposed)
      throw new WhisperVulkanError("disposed", `${this.name}: was closed while it was decoded`);
  }
}

/** Longest stretch of work, about, before other events get their turn. */
const TURN_MS = 10;

async function* toWhisperRate(pieces: AsyncIterable<Pcm>, name: string): AsyncGenerator<Float32Array> {
  let rate: number | null = null;
  let resampler: Resampler | null = null;
  let seconds = 0;
  for await (const { channels, sampleRate } of pieces) {
    const mono = mixDown(channels);
    if (mono.length === 0) continue;
    const bad = firstNotFinite(mono);
    if (bad >= 0) throw notFinite(name, mono[bad]!, seconds + bad / sampleRate);
    seconds += mono.length / sampleRate;
    if (sampleRate !== rate) {
      if (resampler !== null) yield resampler.flush();
      resampler = sampleRate === WHISPER_SAMPLE_RATE ? null : openResampler(sampleRate, name);
      rate = sampleRate;
    }
    if (resampler === null) yield mono;
    // Small bites: high rates cost the most per sample.
    else for (let at = 0; at < mono.length; at += BITE) yield resampler.push(mono.subarray(at, at + BITE));
  }
  if (resampler !== null) yield resampler.flush();
}

/** Samples resampled at once. */
const BITE = 8192;

function openResampler(sampleRate: number, name: string): Resampler {
  if (isRate(sampleRate)) return new Resampler(sampleRate, WHISPER_SAMPLE_RATE);
  throw new WhisperVulkanError("audio-corrupt", `${name}: a sample rate of ${sampleRate} Hz makes no sense`, {
    hint: `Rates from ${RATES.lowest} to ${RATES.highest} Hz, whole numbers, can be read.`,
  });
}

/** Samples in memory: views of them, a second each. */
function sampleDecoder({ samples, sampleRate }: Samples): Decoder {
  async function* decode(): AsyncGenerator<Pcm> {
    for (let at = 0; at < samples.length; at += WHISPER_SAMPLE_RATE) {
      yield { channels: [samples.subarray(at, at + WHISPER_SAMPLE_RATE)], sampleRate };
    }
  }
  return { durationSeconds: samples.length / sampleRate, decode };
}

function notFinite(name: string, value: number, seconds: number): WhisperVulkanError {
  const message = `${name}: a sample is ${value} at ${seconds.toFixed(3)} s`;
  return new WhisperVulkanError("audio-not-finite", message, {
    hint: "Samples must be finite, about -1 to 1.",
  });
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new WhisperVulkanError("aborted", "Reading the recording was stopped.", { cause: signal.reason });
}
