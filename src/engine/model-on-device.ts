import type { Backend } from "../backend/backend.js";
import type { ModelFile } from "../model/index.js";
import { DeviceNetwork } from "../network/device-network.js";
import type { Network } from "../network/network.js";
import { recogniseWindow, type Vocabulary, type WindowJob, type WindowResult } from "../whisper/index.js";
import type { EngineState } from "./engine.js";

export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each part of the weights that was uploaded or moved, so that a watchdog sees progress. */
  readonly onCopied?: (() => void) | undefined;
  /** Wraps the network for the recogniser, so that a watchdog sees its steps. */
  readonly observe?: ((network: Network) => Network) | undefined;
}

/** A model with its weights on one open device, from opening to releasing it. One window at a time. */
export class ModelOnDevice {
  readonly #backend: Backend;
  readonly #deviceNetwork: DeviceNetwork;
  readonly #network: Network;
  readonly #onCopied: (() => void) | undefined;
  #state: EngineState | undefined;

  private constructor(
    backend: Backend,
    network: DeviceNetwork,
    { observe = (same) => same, onCopied }: OpenOptions,
  ) {
    this.#backend = backend;
    this.#deviceNetwork = network;
    this.#network = observe(network);
    this.#onCopied = onCopied;
  }

  /** Uploads the weights. If that fails, releases the device. Errors: memory-refused, device-lost, aborted. */
  static async open(model: ModelFile, backend: Backend, options: OpenOptions): Promise<ModelOnDevice> {
    const { signal, onCopied } = options;
    try {
      const network = await DeviceNetwork.load(model, backend, {
        ...(signal && { signal }),
        ...(onCopied && { onProgress: onCopied }),
      });
      return new ModelOnDevice(backend, network, options);
    } catch (error) {
      await backend.dispose();
      throw error;
    }
  }

  /** The same object as long as nothing has moved. */
  get state(): EngineState {
    const memoryPlan = this.#deviceNetwork.memoryPlan();
    if (this.#state?.memoryPlan !== memoryPlan)
      this.#state = {
        device: this.#backend.describe(),
        memory: this.#deviceNetwork.memory(),
        memoryPlan,
        memoryReport: this.#backend.memoryReport?.() ?? null,
      };
    return this.#state;
  }

  /** First moves spilled memory back to the device's memory where that has become free. */
  async recognise(vocabulary: Vocabulary, job: WindowJob, signal?: AbortSignal): Promise<WindowResult> {
    await this.#deviceNetwork.promote(this.#onCopied);
    return recogniseWindow(this.#network, vocabulary, job, signal);
  }

  async dispose(): Promise<void> {
    await this.#deviceNetwork.dispose();
    await this.#backend.dispose();
  }
}
