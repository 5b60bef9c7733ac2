import "../disposal.js";
import { type AudioInput, LogMel, openAudio } from "../audio/index.js";
import type { Backend, BackendDescription, MemoryUse } from "../backend/backend.js";
import { WhisperVulkanError } from "../errors.js";
import type { MemoryPlan } from "../memory/index.js";
import { type ModelFile, openModel, type PullProgress, pull, resolveModel } from "../model/index.js";
import { DeviceNetwork } from "../network/device-network.js";
import type { Network } from "../network/network.js";
import {
  type TranscribeOptions,
  TranscriptionAbortedError,
  type TranscriptionResult,
  transcribe,
  Vocabulary,
} from "../whisper/index.js";
import { settingsOf } from "../whisper/options.js";
import { checkDevice, type DeviceOptions, openBackend, openCpuBackend } from "./open-backend.js";
import { spillInWords } from "./spill.js";
import { Turns } from "./turns.js";

/** How to load a model. */
export interface LoadOptions extends DeviceOptions {
  /** Stops pulling and loading with an "aborted" error. */
  readonly signal?: AbortSignal;
  /** Reports a pull: phase, bytes done and in total. Not called for a model that is there already. */
  readonly onProgress?: (progress: PullProgress) => void;
}

/**
 * A model on a device. Several transcriptions may run at once: they take turns, window by window, and give what
 * they would give one after the other. Stopping one leaves the others alone.
 */
export class Whisper {
  readonly #backend: Backend;
  readonly #network: DeviceNetwork;
  readonly #vocabulary: Vocabulary;
  readonly #melFilters: Float32Array;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();
  #disposed: Promise<void> | null = null;

  private constructor(
    backend: Backend,
    network: DeviceNetwork,
    vocabulary: Vocabulary,
    melFilters: Float32Array,
  ) {
    this.#backend = backend;
    this.#network = network;
    this.#vocabulary = vocabulary;
    this.#melFilters = melFilters;
  }

  /**
   * Loads a model by name ("base", "large-v3-turbo"; pulled once if it is not in the cache) or from a ggml
   * file. Errors: model-unknown, model-invalid, model-download-failed, model-hash-mismatch,
   * cache-not-writable, disk-full, file-not-found, device-unknown, option-invalid, memory-refused, aborted.
   */
  static async load(nameOrPath: string, options: LoadOptions = {}): Promise<Whisper> {
    const { signal, onProgress } = options;
    const choice = await resolveModel(nameOrPath);
    await checkDevice(options);
    const path = choice.kind === "file" ? choice.path : await pull(choice.model.name, { signal, onProgress });
    const model = await openModel(path);
    try {
      const vocabulary = new Vocabulary(model.dimensions.nVocab, model.vocabulary);
      try {
        const whisper = await Whisper.#on(await openBackend(options), model, vocabulary, signal);
        const plan = whisper.memoryPlan();
        if (plan?.verdict === "spill") options.onNote?.(spillInWords(plan));
        return whisper;
      } catch (error) {
        // the last rung: whatever memory a GPU refuses, the CPU serves
        if (!(error instanceof WhisperVulkanError) || error.code !== "memory-refused") throw error;
        options.onNote?.(`${error.message}; the built-in CPU backend does the work`);
        return await Whisper.#on(await openCpuBackend(options), model, vocabulary, signal);
      }
    } finally {
      await model.close();
    }
  }

  /** Puts a model on a device; the device is given back if that fails. */
  static async #on(
    backend: Backend,
    model: ModelFile,
    vocabulary: Vocabulary,
    signal: AbortSignal | undefined,
  ): Promise<Whisper> {
    try {
      const network = await DeviceNetwork.load(model, backend, signal ? { signal } : {});
      return new Whisper(backend, network, vocabulary, model.melFilters);
    } catch (error) {
      await backend.dispose();
      throw error;
    }
  }

  /** The device that does the work. */
  get device(): BackendDescription {
    return this.#backend.describe();
  }

  /**
   * Where the model's memory lies on a GPU, block by block, what spilled into host memory at what price, and the record of
   * every try to get memory; null on the CPU, whose memory is the system's own.
   */
  memoryPlan(): MemoryPlan | null {
    return this.#network.memoryPlan();
  }

  /** Where the model's memory lies. */
  memory(): readonly MemoryUse[] {
    return this.#network.memory();
  }

  /**
   * Transcribes a recording: a path, an address (file:, http:, https:), bytes of a file (Buffer, Uint8Array,
   * ArrayBuffer, Blob, a stream of them), or mono samples: a Float32Array at 16 kHz, { samples, sampleRate } at
   * any rate.
   *
   * Errors: those of the input (file-..., audio-...), option-invalid, language-unknown; when options.signal
   * fires, before the start too, a TranscriptionAbortedError that carries the partial result; "disposed" after
   * dispose(), with the TranscriptionAbortedError as its cause where it was running. What onSegment or onProgress
   * throws ends this transcription and comes out as it is.
   */
  async transcribe(input: AudioInput, options: TranscribeOptions = {}): Promise<TranscriptionResult> {
    this.#checkUsable();
    const { language, task } = settingsOf(options);
    const { signal, release } = eitherSignal(this.#closing.signal, options.signal);
    try {
      return await this.#transcribe(input, { ...options, signal });
    } catch (error) {
      const stopped = error instanceof WhisperVulkanError && error.code === "aborted";
      if (!stopped) throw error;
      const nothing = { text: "", task, language: language ?? "en", duration: 0, segments: [], warnings: [] };
      const aborted =
        error instanceof TranscriptionAbortedError ? error : new TranscriptionAbortedError(nothing, error);
      throw this.#disposed ? disposedError(aborted) : aborted;
    } finally {
      release();
    }
  }

  async #transcribe(input: AudioInput, options: TranscribeOptions & { signal: AbortSignal }) {
    const audio = await openAudio(input, { signal: options.signal });
    try {
      const mel = await LogMel.open(audio, { filters: this.#melFilters });
      const turn = <T>(use: (network: Network) => Promise<T>) => this.#turns.take(() => use(this.#network));
      const result = await transcribe({ vocabulary: this.#vocabulary, turn }, mel, options);
      return { ...result, warnings: [...audio.warnings] };
    } finally {
      await audio.dispose();
    }
  }

  /**
   * Stops what is running, then frees the device, all memory and threads. Transcriptions with windows still to come
   * end with a "disposed" error. Calling it again does nothing.
   */
  dispose(): Promise<void> {
    this.#disposed ??= (async () => {
      this.#closing.abort();
      await this.#turns.idle();
      await this.#network.dispose();
      await this.#backend.dispose();
    })();
    return this.#disposed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #checkUsable(): void {
    if (this.#disposed) throw disposedError();
  }
}

/** Fires when one of two does. AbortSignal.any would do, but Node has it only from 20.3 on. */
function eitherSignal(a: AbortSignal, b: AbortSignal | undefined) {
  const either = new AbortController();
  const signals = b ? [a, b] : [a];
  const listeners = signals.map((signal) => {
    const abort = () => either.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    return () => signal.removeEventListener("abort", abort);
  });
  const release = () => {
    for (const remove of listeners) remove();
  };
  return { signal: either.signal, release };
}

function disposedError(cause?: TranscriptionAbortedError): WhisperVulkanError {
  return new WhisperVulkanError("disposed", "this Whisper was disposed", {
    hint: "load the model again",
    ...(cause ? { cause } : {}),
  });
}
