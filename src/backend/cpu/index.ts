import { availableParallelism } from "node:os";
import type { Program } from "../../ops/program.js";
import type { Backend, BackendDescription, Executable, MemoryManifest, Storage } from "../backend.js";
import { manifestOf } from "../manifest.js";
import { compileKernels, type KernelsModule } from "./kernels-module.js";
import { CpuStorage } from "./storage.js";

/** The built-in CPU backend: WebAssembly SIMD on worker threads. threads: default all cores, at most 8. */
export async function openCpu(options: { readonly threads?: number } = {}): Promise<Backend> {
  const nThreads = options.threads ?? Math.min(availableParallelism(), 8);
  return new CpuBackend(nThreads, await compileKernels());
}

class CpuBackend implements Backend {
  readonly #nThreads: number;
  readonly #kernels: KernelsModule;
  readonly #storages = new Set<CpuStorage>();

  constructor(nThreads: number, kernels: KernelsModule) {
    this.#nThreads = nThreads;
    this.#kernels = kernels;
  }

  describe(): BackendDescription {
    return {
      kind: "cpu",
      device: `built-in CPU backend, ${this.#nThreads} thread${this.#nThreads === 1 ? "" : "s"}`,
      details: `WebAssembly, ${this.#kernels.relaxed ? "relaxed SIMD (fused multiply-add)" : "SIMD"}`,
    };
  }

  manifest(programs: readonly Program[]): MemoryManifest {
    return manifestOf(programs, 64);
  }

  async allocate(manifest: MemoryManifest): Promise<Storage> {
    const storage = await CpuStorage.create(manifest, this.#nThreads, this.#kernels);
    this.#storages.add(storage);
    return storage;
  }

  compile(program: Program, storage: Storage): Promise<Executable> {
    return (storage as CpuStorage).compile(program);
  }

  async dispose(): Promise<void> {
    for (const storage of this.#storages) await storage.dispose();
  }
}
