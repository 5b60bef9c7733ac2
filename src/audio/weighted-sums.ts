import { packageIncomplete, readPackageFile } from "../package-file.js";

const file = new URL("../../assets/wasm/weighted-sums.wasm", import.meta.url);

/** What weighted-sums.as.ts exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(nPages: number): number };
  readonly weightedSums: (...addressesAndSteps: number[]) => void;
}

let loaded: Promise<WeightedSums> | null = null;

/** Sums of samples times weights, four products at a time in WebAssembly. There is one for the whole process. */
export class WeightedSums {
  readonly #exports: Exports;
  #views = { weights: new Float32Array(0), samples: new Float32Array(0), sums: new Float32Array(0) };

  private constructor(exports: Exports) {
    this.#exports = exports;
  }

  /** Errors: package-incomplete. */
  static load(): Promise<WeightedSums> {
    loaded ??= instantiate().then((exports) => new WeightedSums(exports));
    return loaded;
  }

  /** Room for `nWeights` (a multiple of 4), `nSamples` and `nSums` values; it is valid until the next call. */
  room(nWeights: number, nSamples: number, nSums: number) {
    const { memory } = this.#exports;
    const missingBytes = 4 * (nWeights + nSamples + nSums) - memory.buffer.byteLength;
    if (missingBytes > 0) memory.grow(Math.ceil(missingBytes / PAGE_BYTES));
    const view = (from: number, length: number) => new Float32Array(memory.buffer, 4 * from, length);
    this.#views = {
      weights: view(0, nWeights),
      samples: view(nWeights, nSamples),
      sums: view(nWeights + nSamples, nSums),
    };
    return this.#views;
  }

  /** sums[first + i * outStep] = all weights times the samples from `at + i * step` on, for `n` values of i. */
  run(at: number, step: number, n: number, first: number, outStep: number): void {
    const { weights, samples, sums } = this.#views;
    const [from, to] = [samples.byteOffset + 4 * at, sums.byteOffset + 4 * first];
    this.#exports.weightedSums(from, step, weights.byteOffset, weights.length, n, to, outStep);
  }
}

const PAGE_BYTES = 65536;

async function instantiate(): Promise<Exports> {
  const bytes = await readPackageFile(file);
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(bytes)) {
    throw packageIncomplete(file, "is damaged, or this JavaScript engine knows no WebAssembly SIMD");
  }
  const { exports } = new WebAssembly.Instance(await WebAssembly.compile(bytes), {});
  return exports as unknown as Exports;
}
