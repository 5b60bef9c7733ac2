import type { Backend } from "../backend/backend.js";
import { WhisperVulkanError } from "../errors.js";
import type { MemoryReport } from "../memory/index.js";
import type { ModelFile } from "../model/index.js";
import { DeviceNetwork } from "../network/device-network.js";
import type { Network } from "../network/network.js";
import { recogniseWindow, type Vocabulary, type WindowJob, type WindowResult } from "../whisper/index.js";
import type { Engine, EngineState } from "./engine.js";
import { howToReport, reportIn } from "./memory-report.js";
import { type DeviceOptions, openBackend, openCpuBackend } from "./open-backend.js";
import { spillInWords } from "./spill.js";
import { Turns } from "./turns.js";

/** How to put a model on a device. */
export interface LocalEngineOptions extends DeviceOptions {
  readonly signal?: AbortSignal;
  /** Told bytes while the weights are uploaded. */
  readonly onWeights?: (doneBytes: number, totalBytes: number) => void;
  /** Puts something between the recogniser and the network: how a watchdog sees its steps. */
  readonly observe?: (network: Network) => Network;
}

/** The engine in this process. */
export class LocalEngine implements Engine {
  readonly #backend: Backend;
  readonly #deviceNetwork: DeviceNetwork;
  readonly #network: Network;
  readonly #vocabulary: Vocabulary;
  readonly #turns = new Turns();
  /** Of a GPU that refused before. */
  #refusedReport: MemoryReport | null = null;

  private constructor(
    backend: Backend,
    network: DeviceNetwork,
    vocabulary: Vocabulary,
    observe: (network: Network) => Network = (same) => same,
  ) {
    this.#backend = backend;
    this.#deviceNetwork = network;
    this.#network = observe(network);
    this.#vocabulary = vocabulary;
  }

  /** Opens the device and uploads the weights. Errors: device-unknown, vulkan-unavailable, memory-refused, device-lost, aborted. */
  static async load(
    model: ModelFile,
    vocabulary: Vocabulary,
    options: LocalEngineOptions,
  ): Promise<LocalEngine> {
    try {
      const engine = await LocalEngine.#on(await openBackend(options), model, vocabulary, options);
      const { memoryPlan } = engine.state;
      if (memoryPlan?.verdict === "spill") options.onNote?.(`${spillInWords(memoryPlan)}; ${howToReport}`);
      return engine;
    } catch (error) {
      // the last rung: whatever memory a GPU refuses, the CPU serves
      if (!(error instanceof WhisperVulkanError) || error.code !== "memory-refused") throw error;
      const report = reportIn(error);
      const hint = report ? `; ${howToReport}` : "";
      options.onNote?.(`${error.message}; the built-in CPU backend does the work${hint}`);
      const engine = await LocalEngine.#on(await openCpuBackend(options), model, vocabulary, options);
      engine.#refusedReport = report;
      return engine;
    }
  }

  /** Puts a model on a device; the device is given back if that fails. */
  static async #on(
    backend: Backend,
    model: ModelFile,
    vocabulary: Vocabulary,
    { signal, onWeights, observe }: LocalEngineOptions,
  ): Promise<LocalEngine> {
    try {
      const network = await DeviceNetwork.load(model, backend, {
        ...(signal && { signal }),
        ...(onWeights && { onProgress: onWeights }),
      });
      return new LocalEngine(backend, network, vocabulary, observe);
    } catch (error) {
      await backend.dispose();
      throw error;
    }
  }

  get state(): EngineState {
    return {
      device: this.#backend.describe(),
      memory: this.#deviceNetwork.memory(),
      memoryPlan: this.#deviceNetwork.memoryPlan(),
      memoryReport: this.#backend.memoryReport?.() ?? this.#refusedReport,
    };
  }

  recognise(job: WindowJob, signal?: AbortSignal): Promise<WindowResult> {
    return this.#turns.take(async () => {
      signal?.throwIfAborted();
      return recogniseWindow(this.#network, this.#vocabulary, job, signal);
    });
  }

  async dispose(): Promise<void> {
    await this.#turns.idle();
    await this.#deviceNetwork.dispose();
    await this.#backend.dispose();
  }
}
