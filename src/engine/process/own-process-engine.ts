import { WhisperVulkanError } from "../../errors.js";
import type { ModelDimensions } from "../../model/dimensions.js";
import type { WindowJob, WindowResult } from "../../whisper/index.js";
import type { Engine, EngineState } from "../engine.js";
import { isGone } from "../gone.js";
import { LossCounter } from "../loss-counter.js";
import { type DeviceOptions, deviceOf } from "../open-backend.js";
import { EngineProcess } from "./engine-process.js";
import { stepLimitMs } from "./limits.js";
import type { DeviceChoice } from "./messages.js";
import { packWindow } from "./packed-window.js";
import { ProcessLost } from "./process-lost.js";
import { stopped, untilStopped } from "./stopped.js";

/**
 * The engine in a process of its own. When that crashes or hangs, a new one loads the model again and is
 * given the windows that were in progress. After the third time in a minute, or in a row without a finished window, it uses the CPU.
 */
export class OwnProcessEngine implements Engine {
  readonly #options: DeviceOptions;
  readonly #lossCounter = new LossCounter();
  #model: { readonly path: string; readonly dimensions: ModelDimensions } | null = null;
  #state: EngineState | null = null;
  #process: EngineProcess | null = null;
  /** The process once the model is loaded in it. */
  #loaded: Promise<EngineProcess> | null = null;
  /** Resolves when the previous process has released its memory, which the next one needs. */
  #previousGone: Promise<void> = Promise.resolve();
  /** Requested windows that are not finished. */
  readonly #windows = new Set<Promise<unknown>>();
  /** Resolves when the requested release is complete. */
  #released: Promise<void> = Promise.resolve();
  #cpuTookOver = false;
  #disposed = false;

  constructor(options: DeviceOptions) {
    this.#options = options;
  }

  /** Like checkDevice, but without loading a driver into this process. */
  async check(signal?: AbortSignal): Promise<void> {
    await this.#retryAfterLoss(async () => {
      const process = await this.#started();
      return process.call("check", this.#device, signal);
    }, signal);
  }

  /** Loads the model; its file was checked before. Errors: those of LocalEngine.load, process-failed. */
  async load(path: string, dimensions: ModelDimensions, signal?: AbortSignal): Promise<void> {
    this.#model = { path, dimensions };
    await this.#retryAfterLoss(() => this.#ready(), signal);
  }

  get state(): EngineState {
    return this.#state!;
  }

  async recognise(job: WindowJob, signal?: AbortSignal): Promise<WindowResult> {
    const window = this.#recognise(job, signal);
    this.#windows.add(window);
    try {
      return await window;
    } finally {
      this.#windows.delete(window);
    }
  }

  async #recognise(job: WindowJob, signal?: AbortSignal): Promise<WindowResult> {
    const packed = packWindow(job, this.#model!.dimensions.nTextCtx);
    const released = this.#released.catch(() => {});
    const { result, state } = await this.#retryAfterLoss(async () => {
      await released;
      const process = await this.#ready();
      if (signal?.aborted) throw stopped(signal);
      return process.call("recognise", packed, signal);
    }, signal);
    if (state) this.#learn(state);
    this.#lossCounter.progress();
    return result;
  }

  /** Ends the process once the requested windows are finished: only that releases all memory. Later windows wait for it. */
  release(): Promise<void> {
    const before = [this.#released, ...this.#windows];
    this.#released = Promise.allSettled(before).then(() => this.#end());
    return this.#released;
  }

  async #end(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#process = null;
    this.#loaded = null;
    this.#previousGone = process.end();
    this.#forgetMemory();
    await this.#previousGone;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#process?.end();
    await this.#previousGone;
    this.#forgetMemory();
  }

  #forgetMemory(): void {
    if (this.#state) this.#state = { ...this.#state, memory: [], memoryPlan: null };
  }

  /** Repeats a task for as long as it ends with a lost process and another try may succeed. */
  async #retryAfterLoss<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    for (;;) {
      if (signal?.aborted) throw stopped(signal);
      try {
        return await untilStopped(attempt(), signal);
      } catch (error) {
        if (!(error instanceof ProcessLost)) throw error;
        if (this.#onCpu && this.#lossCounter.tooMany()) throw hopeless(error);
      }
    }
  }

  #ready(): Promise<EngineProcess> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  async #load(): Promise<EngineProcess> {
    let process: EngineProcess | null = null;
    try {
      process = await this.#started();
      this.#learn(await process.call("load", { ...this.#model!, device: this.#device }));
      return process;
    } catch (error) {
      if (process && isGone(error) && this.#state && !this.#onCpu) {
        process.lose(error.message);
        throw new ProcessLost(error.message);
      }
      if (this.#process === process) {
        this.#process = null;
        this.#loaded = null; // the next caller may succeed
      }
      await process?.end();
      throw error;
    }
  }

  #learn(state: EngineState): void {
    // on the CPU, the earlier record of the GPU is still of interest
    this.#state = { ...state, memoryReport: state.memoryReport ?? this.#state?.memoryReport ?? null };
  }

  async #started(): Promise<EngineProcess> {
    await this.#previousGone;
    if (this.#disposed) throw new WhisperVulkanError("aborted", "The engine was disposed");
    if (this.#process) return this.#process;
    const process: EngineProcess = new EngineProcess({
      stepLimitMs: (longestStepMs) => stepLimitMs(longestStepMs, this.#model!.dimensions),
      onNote: (note) => this.#options.onNote?.(note),
      onEnd: (error) => {
        if (this.#process !== process) return;
        this.#previousGone = process.gone();
        this.#onEnd(error);
      },
    });
    this.#process = process;
    return process;
  }

  #onEnd(error: Error): void {
    this.#process = null;
    this.#loaded = null;
    if (!(error instanceof ProcessLost) || this.#disposed) return;
    this.#lossCounter.add();
    const { onNote } = this.#options;
    if (!this.#lossCounter.tooMany()) onNote?.(`${error.message}; a new process continues where it stopped`);
    else if (!this.#onCpu) {
      this.#cpuTookOver = true;
      this.#lossCounter.clear();
      onNote?.(`${error.message}, the third time; the built-in CPU backend does the work from now on`);
    }
  }

  get #onCpu(): boolean {
    return this.#device.device === "cpu" || this.#state?.device.kind === "cpu";
  }

  get #device(): DeviceChoice {
    const { threads, simulate, vramLimitBytes } = this.#options;
    return {
      device: this.#cpuTookOver ? "cpu" : deviceOf(this.#options),
      ...(threads !== undefined && { threads }),
      ...(simulate !== undefined && { simulate }),
      ...(vramLimitBytes !== undefined && { vramLimitBytes }),
    };
  }
}

function hopeless(loss: ProcessLost): WhisperVulkanError {
  return new WhisperVulkanError("process-failed", `${loss.message}, the third time, on the CPU too`, {
    hint: "Check whether memory ran out, or whether the system's log says what ended it",
    cause: loss,
  });
}
