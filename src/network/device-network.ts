import type { Backend, Executable, MemoryUse, Storage } from "../backend/backend.js";
import type { MemoryPlan } from "../memory/index.js";
import type { ModelDimensions } from "../model/dimensions.js";
import type { ModelFile } from "../model/model-file.js";
import { controlHeaderSize, controlOffsets } from "../ops/control.js";
import type { Program } from "../ops/program.js";
import { controlInput, controlLayout, type DecoderShape, decoderProgram, logitsOutput } from "./decoder.js";
import { encoderOutput, encoderProgram, melInput } from "./encoder.js";
import { loadWeights } from "./load-weights.js";
import type { DecoderRow, Network } from "./network.js";
import { describeWeights, type Weights } from "./tensors.js";

/** Tokens per row for which decoder programs exist; a prompt uses the next larger one. */
const tokenBuckets = [1, 4, 16, 64, 256] as const;

/** All programs that a model on a device may run. nBatch: windows encoded and decoded at once; only 1 is used so far. */
export function networkPrograms(dimensions: ModelDimensions, weights: Weights, nBatch = 1): Program[] {
  const shapes = tokenBuckets.flatMap((nTokens) =>
    [1, 2].map((n): DecoderShape => ({ nRows: nBatch, nTokens, nSelect: n * nBatch, nAudio: nBatch })),
  );
  return [
    encoderProgram(dimensions, weights, nBatch),
    ...shapes.map((shape) => decoderProgram(dimensions, weights, shape)),
  ];
}

/** A model on a backend. All memory is taken at load; programs are compiled at first use. */
export class DeviceNetwork implements Network {
  readonly dimensions: ModelDimensions;
  readonly #backend: Backend;
  readonly #storage: Storage;
  readonly #weights: Weights;
  readonly #executables = new Map<string, Promise<Executable>>();

  private constructor(dimensions: ModelDimensions, backend: Backend, storage: Storage, weights: Weights) {
    this.dimensions = dimensions;
    this.#backend = backend;
    this.#storage = storage;
    this.#weights = weights;
  }

  /** Takes the memory, uploads the weights. Errors: memory-refused, device-lost, model-invalid. */
  static async load(
    model: ModelFile,
    backend: Backend,
    options: { onProgress?: (doneBytes: number, totalBytes: number) => void; signal?: AbortSignal } = {},
  ): Promise<DeviceNetwork> {
    const { dimensions } = model;
    const matrixType = model.tensors.get("decoder.token_embedding.weight")?.type ?? "f16";
    const { weights, sources } = describeWeights(dimensions, matrixType);
    const storage = await backend.allocate(backend.manifest(networkPrograms(dimensions, weights)));
    try {
      await loadWeights(model, sources, storage, options.onProgress, options.signal);
      await storage.measureBandwidth?.();
    } catch (error) {
      await storage.dispose();
      throw error;
    }
    return new DeviceNetwork(dimensions, backend, storage, weights);
  }

  async encode(mel: Float32Array, signal?: AbortSignal): Promise<void> {
    await this.#storage.write(melInput(this.dimensions, 1), 0, bytesOf(mel));
    const encoder = await this.#executable("encoder", () =>
      encoderProgram(this.dimensions, this.#weights, 1),
    );
    await encoder.run(signal);
  }

  async decode(rows: readonly DecoderRow[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const nSelect = rows.reduce((sum, row) => sum + row.logitsAt.length, 0);
    const longest = Math.max(...rows.map((row) => row.tokens.length));
    const nTokens = tokenBuckets.find((bucket) => bucket >= longest);
    if (rows.length !== 1 || !nTokens || nSelect < 1 || nSelect > 2)
      throw new Error(`decoder run of ${rows.length} rows, ${longest} tokens, ${nSelect} logits`);
    const shape = singleRow(nTokens, nSelect);
    const { dimensions } = this;
    await this.#storage.write(
      controlInput(dimensions, shape),
      0,
      bytesOf(controlFor(dimensions, shape, rows)),
    );
    const decoder = await this.#executable(`decoder ${nTokens} ${nSelect}`, () =>
      decoderProgram(dimensions, this.#weights, shape),
    );
    await decoder.run(signal);
    const logits = new Float32Array(nSelect * dimensions.nVocab);
    await this.#storage.read(logitsOutput(dimensions, shape), 0, bytesOf(logits));
    return Array.from({ length: nSelect }, (_, i) =>
      logits.subarray(i * dimensions.nVocab, (i + 1) * dimensions.nVocab),
    );
  }

  /** (1500, nState): the result of the last encode(), for comparing backends. */
  async readEncoderOutput(): Promise<Float32Array> {
    const output = encoderOutput(this.dimensions, 1);
    const values = new Float32Array(output.shape.reduce((a, b) => a * b, 1));
    await this.#storage.read(output, 0, bytesOf(values));
    return values;
  }

  /**
   * Moves spilled memory back to faster memory if that has become free, and reports after each part. Not while a program runs.
   * Errors: device-lost, memory-refused.
   */
  async promote(onCopied?: () => void): Promise<void> {
    // programs contain the places of their tensors
    if (await this.#storage.promote?.(onCopied)) await this.#disposeExecutables();
  }

  memory(): readonly MemoryUse[] {
    return this.#storage.memory();
  }

  memoryPlan(): MemoryPlan | null {
    return this.#storage.plan?.() ?? null;
  }

  async dispose(): Promise<void> {
    await this.#disposeExecutables();
    await this.#storage.dispose();
  }

  async #disposeExecutables(): Promise<void> {
    for (const executable of this.#executables.values()) (await executable).dispose();
    this.#executables.clear();
  }

  #executable(key: string, program: () => Program): Promise<Executable> {
    const known = this.#executables.get(key);
    if (known) return known;
    const executable = this.#backend.compile(program(), this.#storage);
    this.#executables.set(key, executable);
    executable.catch(() => this.#executables.delete(key));
    return executable;
  }
}

function singleRow(nTokens: number, nSelect: number): DecoderShape {
  return { nRows: 1, nTokens, nSelect, nAudio: 1 };
}

/** The control buffer of a run: every row uses its own cache and attends to window 0. */
function controlFor(
  dimensions: ModelDimensions,
  shape: DecoderShape,
  rows: readonly DecoderRow[],
): Int32Array {
  const layout = controlLayout(dimensions, shape);
  const offsets = controlOffsets(layout);
  const control = new Int32Array(offsets.total);
  let nSelected = 0;
  rows.forEach((row, r) => {
    control.set([row.position, row.tokens.length, 0, 1], r * controlHeaderSize);
    control.set(row.tokens, offsets.tokens + r * shape.nTokens);
    control.fill(r, offsets.origin + r * layout.nTextCtx, offsets.origin + (r + 1) * layout.nTextCtx);
    for (const index of row.logitsAt) control[offsets.select + nSelected++] = r * shape.nTokens + index;
  });
  return control;
}

function bytesOf(array: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
