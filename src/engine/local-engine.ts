import type { Backend } from "../backend/backend.js";
import { isLoss } from "../backend/vulkan/index.js";
import { WhisperVulkanError } from "../errors.js";
import type { ModelDimensions } from "../model/dimensions.js";
import type { ModelFile } from "../model/index.js";
import type { Vocabulary, WindowJob, WindowResult } from "../whisper/index.js";
import type { Engine, EngineState } from "./engine.js";
import { isGone } from "./gone.js";
import { LossCounter } from "./loss-counter.js";
import { howToReport, reportIn } from "./memory-report.js";
import { ModelOnDevice, type OpenOptions } from "./model-on-device.js";
import { Mutex } from "./mutex.js";
import { type DeviceOptions, deviceOf, openBackend, openCpuBackend } from "./open-backend.js";
import { openSameModel } from "./open-same-model.js";
import { stopped } from "./process/stopped.js";
import { spillInWords } from "./spill.js";

/** How to put a model on a device. */
export interface LocalEngineOptions extends DeviceOptions, Omit<OpenOptions, "signal"> {
  /** Stops loading. */
  readonly signal?: AbortSignal | undefined;
  /** For tests: opens the device, or a substitute for the CPU, instead of the one in the options. */
  readonly openDevice?: ((onCpu: boolean) => Promise<Backend>) | undefined;
}

/**
 * The engine in this process. When the device is lost, or out of memory at any call, it is made again, the model uploaded
 * again and the window repeated. After the third time in a minute, or in a row without a finished window, the CPU takes over.
 */
export class LocalEngine implements Engine {
  readonly #path: string;
  readonly #dimensions: ModelDimensions;
  readonly #vocabulary: Vocabulary;
  readonly #options: LocalEngineOptions;
  readonly #lossCounter = new LossCounter();
  readonly #mutex = new Mutex();
  #model: ModelOnDevice | null = null;
  #lastState: EngineState | null = null;
  #onCpu: boolean;
  /** The memory report of a GPU that was replaced by the CPU. */
  #refused: Partial<Pick<EngineState, "memoryReport">> = {};

  private constructor({ path, dimensions }: ModelFile, vocabulary: Vocabulary, options: LocalEngineOptions) {
    this.#path = path;
    this.#dimensions = dimensions;
    this.#vocabulary = vocabulary;
    this.#options = options;
    this.#onCpu = options.openDevice === undefined && deviceOf(options) === "cpu";
  }

  /** Opens the device and uploads the weights. Errors: device-unknown, vulkan-unavailable, aborted, those of openModel. */
  static async load(
    model: ModelFile,
    vocabulary: Vocabulary,
    options: LocalEngineOptions,
  ): Promise<LocalEngine> {
    const engine = new LocalEngine(model, vocabulary, options);
    const { signal } = options;
    try {
      await engine.#retryAfterLoss(() => engine.#open(model, signal), signal);
      return engine;
    } catch (error) {
      await engine.#close();
      throw error;
    }
  }

  get state(): EngineState {
    if (this.#model) return { ...this.#model.state, ...this.#refused };
    return { ...this.#lastState!, memory: [], memoryPlan: null, ...this.#refused };
  }

  recognise(job: WindowJob, signal?: AbortSignal): Promise<WindowResult> {
    return this.#mutex.run(async () => {
      const result = await this.#retryAfterLoss(async () => {
        signal?.throwIfAborted();
        const model = this.#model ?? (await this.#openAgain(signal));
        return model.recognise(this.#vocabulary, job, signal);
      }, signal);
      this.#lossCounter.progress();
      return result;
    });
  }

  release(): Promise<void> {
    return this.#mutex.run(() => this.#close());
  }

  dispose(): Promise<void> {
    return this.release();
  }

  /** Repeats a task for as long as it ends with a lost device. */
  async #retryAfterLoss<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (signal?.aborted && isLoss(error)) {
          await this.#close();
          throw stopped(signal);
        }
        if (signal?.aborted || !(error instanceof WhisperVulkanError) || !this.#canRecover(error))
          throw error;
        try {
          this.#recover(error);
        } finally {
          await this.#close(); // also where onNote throws
        }
      }
    }
  }

  #canRecover(error: WhisperVulkanError): boolean {
    return !this.#onCpu && (isLoss(error) || error.code === "memory-refused");
  }

  /** Decides where the work continues after an error, and reports it. */
  #recover(error: WhisperVulkanError): void {
    const { onNote } = this.#options;
    const lost = isLoss(error);
    this.#lossCounter.add();
    if (lost && !this.#lossCounter.tooMany()) {
      onNote?.(`${error.message}; the device is opened again and continues where it stopped`);
      return;
    }
    // the last rung: the CPU takes over, whatever memory a GPU refuses
    this.#onCpu = true;
    const memoryReport = reportIn(error);
    if (memoryReport) this.#refused = { memoryReport };
    const times = lost ? ", the third time" : "";
    const hint = memoryReport ? `; ${howToReport}` : "";
    onNote?.(`${error.message}${times}; the built-in CPU backend does the work${hint}`);
  }

  async #openAgain(signal: AbortSignal | undefined): Promise<ModelOnDevice> {
    const model = await openSameModel(this.#path, this.#dimensions);
    try {
      return await this.#open(model, signal);
    } finally {
      await model.close();
    }
  }

  async #open(model: ModelFile, signal: AbortSignal | undefined): Promise<ModelOnDevice> {
    const { onNote, onCopied, observe } = this.#options;
    this.#model = await ModelOnDevice.open(model, await this.#openDevice(), { signal, onCopied, observe });
    const { memoryPlan } = this.#model.state;
    if (memoryPlan?.verdict === "spill") onNote?.(`${spillInWords(memoryPlan)}; ${howToReport}`);
    return this.#model;
  }

  async #openDevice(): Promise<Backend> {
    const { openDevice = (onCpu) => (onCpu ? openCpuBackend : openBackend)(this.#options) } = this.#options;
    try {
      const backend = await openDevice(this.#onCpu);
      this.#onCpu ||= backend.describe().kind === "cpu";
      return backend;
    } catch (error) {
      if (!isGone(error) || !this.#lastState) throw error;
      throw new WhisperVulkanError("device-lost", error.message, { cause: error }); // the device existed before
    }
  }

  async #close(): Promise<void> {
    const model = this.#model;
    if (model) this.#lastState = model.state; // with the record since it was opened
    this.#model = null;
    await model?.dispose();
  }
}
