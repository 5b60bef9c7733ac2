import "../disposal.js";
import { type AudioInput, LogMel, openAudio } from "../audio/index.js";
import type { BackendDescription, MemoryUse } from "../backend/backend.js";
import { abortSignal, amount, callback, checkOptions, type OptionTypes, oneOf } from "../check-options.js";
import { WhisperVulkanError } from "../errors.js";
import type { MemoryPlan, MemoryReport } from "../memory/index.js";
import { openModel, type PullProgress, pull, resolveModel } from "../model/index.js";
import {
  type TranscribeOptions,
  TranscriptionAbortedError,
  type TranscriptionResult,
  transcribe,
  Vocabulary,
} from "../whisper/index.js";
import { settingsOf } from "../whisper/options.js";
import type { Engine } from "./engine.js";
import { IdleTimer } from "./idle-timer.js";
import { LocalEngine, type LocalEngineOptions } from "./local-engine.js";
import { checkDevice, type DeviceOptions, deviceOptionTypes } from "./open-backend.js";
import { OwnProcessEngine } from "./process/own-process-engine.js";

/** How to load a model. */
export interface LoadOptions extends DeviceOptions {
  /**
   * "same" (default): device and model are in this process. "own": they are in a separate process. A driver that
   * crashes or hangs then does not harm this one, and dispose() returns all memory to the system. When that process
   * is lost, a new one repeats the interrupted window. After the third time in a minute the CPU takes over. onNote reports it.
   */
  readonly process?: "same" | "own" | undefined;
  /** Calls release() after this many milliseconds without a transcription. Default: never. */
  readonly releaseAfterMs?: number | undefined;
  /** Stops pulling and loading with an "aborted" error. */
  readonly signal?: AbortSignal | undefined;
  /** Called while a model is pulled: phase, bytes done and in total. Not called if the model is in the cache. */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
}

const loadOptionTypes: OptionTypes<LoadOptions & LocalEngineOptions> = {
  ...deviceOptionTypes,
  process: oneOf("same", "own"),
  releaseAfterMs: amount("milliseconds"),
  signal: abortSignal,
  onProgress: callback,
  openDevice: callback,
  observe: callback,
  onCopied: callback,
};

/**
 * A model on a device. Several transcriptions may run at once: they take turns, window by window, and give the same
 * results as one after the other. Stopping one does not affect the others.
 */
export class Whisper {
  readonly #engine: Engine;
  readonly #vocabulary: Vocabulary;
  readonly #melFilters: Float32Array;
  readonly #closing = new AbortController();
  readonly #idle: IdleTimer;
  #disposed: Promise<void> | null = null;

  private constructor(
    engine: Engine,
    vocabulary: Vocabulary,
    melFilters: Float32Array,
    { releaseAfterMs, onNote }: LoadOptions,
  ) {
    this.#idle = new IdleTimer(releaseAfterMs, () => {
      engine.release().catch((error: Error) => onNote?.(`The idle model was not released: ${error.message}`));
    });
    this.#engine = engine;
    this.#vocabulary = vocabulary;
    this.#melFilters = melFilters;
  }

  /**
   * Loads a model by name ("base", "large-v3-turbo"; pulled once if it is not in the cache) or from a ggml
   * file. Errors: model-unknown, model-invalid, model-download-failed, model-hash-mismatch,
   * cache-not-writable, disk-full, file-not-found, device-unknown, option-invalid, memory-refused, process-failed, aborted.
   * A GPU that is lost or out of memory, here or later, is not an error: it is opened again, and the third time within a minute
   * the CPU takes over. onNote reports it.
   */
  static async load(nameOrPath: string, options: LoadOptions = {}): Promise<Whisper> {
    checkOptions(options, loadOptionTypes);
    const { signal, onProgress } = options;
    const choice = await resolveModel(nameOrPath);
    const own = options.process === "own" ? new OwnProcessEngine(options) : null;
    try {
      await (own ? own.check(signal) : checkDevice(options));
      const path =
        choice.kind === "file" ? choice.path : await pull(choice.model.name, { signal, onProgress });
      const model = await openModel(path);
      try {
        const vocabulary = new Vocabulary(model.dimensions.nVocab, model.vocabulary);
        await own?.load(path, model.dimensions, signal);
        const engine = own ?? (await LocalEngine.load(model, vocabulary, options));
        return new Whisper(engine, vocabulary, model.melFilters, options);
      } finally {
        await model.close();
      }
    } catch (error) {
      await own?.dispose();
      throw error;
    }
  }

  /** The device that does the work. */
  get device(): BackendDescription {
    return this.#engine.state.device;
  }

  /**
   * Where the model's memory is on a GPU, block by block, what spilled into host memory and what that costs, and
   * every attempt to get memory; null on the CPU, whose memory is the system's own.
   */
  memoryPlan(): MemoryPlan | null {
    return this.#engine.state.memoryPlan;
  }

  /**
   * A record of the GPU's memory so far, to be written to a file and replayed (replayMemory()): requests, budgets,
   * refusals, the card and versions; no sound, no text, no paths. Also for a GPU that refused and was replaced by the
   * CPU; null where no GPU memory was requested.
   */
  memoryReport(): MemoryReport | null {
    return this.#engine.state.memoryReport;
  }

  /** Where the model's memory is. */
  memory(): readonly MemoryUse[] {
    return this.#engine.state.memory;
  }

  /**
   * Transcribes a recording: a path, an address, the bytes of a file or a stream of them, or samples; see AudioInput.
   * Times are those of the file: late starts and gaps of a track are kept.
   *
   * Errors: those of the input (file-..., audio-...), option-invalid, language-unknown; when options.signal
   * fires, even before the start, a TranscriptionAbortedError that carries the partial result; "disposed" after
   * dispose(), with the TranscriptionAbortedError as its cause where it was running. What onSegment or onProgress
   * throws ends this transcription and is thrown unchanged.
   */
  async transcribe(input: AudioInput, options: TranscribeOptions = {}): Promise<TranscriptionResult> {
    this.#checkUsable();
    const { language, task } = settingsOf(options);
    const { signal, release } = eitherSignal(this.#closing.signal, options.signal);
    this.#idle.busy();
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
      this.#idle.done();
    }
  }

  async #transcribe(input: AudioInput, options: TranscribeOptions & { signal: AbortSignal }) {
    const audio = await openAudio(input, { signal: options.signal });
    try {
      const mel = await LogMel.open(audio, { filters: this.#melFilters, name: audio.name });
      const recogniser = {
        vocabulary: this.#vocabulary,
        recognise: this.#engine.recognise.bind(this.#engine),
      };
      try {
        const result = await transcribe(recogniser, mel, options);
        return { ...result, warnings: [...audio.warnings] };
      } finally {
        await mel.close();
      }
    } finally {
      await audio.dispose();
    }
  }

  /**
   * Releases the device and all its memory until the next transcription. Windows that were already requested are finished
   * first. The next window takes the device again, which takes as long as loading. Errors: disposed.
   */
  async release(): Promise<void> {
    this.#checkUsable();
    await this.#engine.release();
  }

  /**
   * Stops running work, then frees the device, all memory and threads. Transcriptions that are not finished
   * end with a "disposed" error. Calling it again does nothing.
   */
  dispose(): Promise<void> {
    this.#disposed ??= (async () => {
      this.#closing.abort();
      this.#idle.busy();
      await this.#engine.dispose();
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

/** Fires when either of two signals does. AbortSignal.any would do, but Node has it only from 20.3 on. */
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
  return new WhisperVulkanError("disposed", "This Whisper was disposed", {
    hint: "Load the model again",
    ...(cause ? { cause } : {}),
  });
}
