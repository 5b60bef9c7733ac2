import { WhisperVulkanError } from "../../errors.js";
import { size } from "../../memory/size.js";
import type { Program } from "../../ops/program.js";
import type { Tensor } from "../../ops/tensor.js";
import type { Executable, MemoryManifest, MemoryUse, Storage } from "../backend.js";
import { planScratch } from "../scratch.js";
import type { KernelsModule } from "./kernels-module.js";
import { type CpuStep, cpuStep } from "./steps.js";
import { ThreadPool } from "./thread-pool.js";

const pageSizeBytes = 65536;
const maxPages = 65536;
const alignment = 64;
/** A thread's own memory for packed panels: enough for any step of any Whisper model; checked at compile. */
const workSizeBytes = 4 << 20;

/** One shared WebAssembly memory that holds every tensor, and the threads that compute in it. */
export class CpuStorage implements Storage {
  readonly #memory: WebAssembly.Memory;
  readonly #addresses: ReadonlyMap<string, number>;
  readonly #scratchAddress: number;
  readonly #sizeBytes: number;
  readonly #pool: ThreadPool;

  private constructor(
    memory: WebAssembly.Memory,
    addresses: ReadonlyMap<string, number>,
    scratchAddress: number,
    sizeBytes: number,
    pool: ThreadPool,
  ) {
    this.#memory = memory;
    this.#addresses = addresses;
    this.#scratchAddress = scratchAddress;
    this.#sizeBytes = sizeBytes;
    this.#pool = pool;
  }

  /** Errors: cpu-unavailable when threads cannot be started; memory-refused when the tensors don't fit WebAssembly's 4 GiB or the system gives no memory. */
  static async create(
    manifest: MemoryManifest,
    nThreads: number,
    kernels: KernelsModule,
  ): Promise<CpuStorage> {
    let end = pageSizeBytes; // the module's own data is in the first page
    const place = (sizeBytes: number) => {
      const address = end;
      end += Math.ceil(sizeBytes / alignment) * alignment;
      return address;
    };
    const addresses = new Map(manifest.entries.map((entry) => [entry.tensor.name, place(entry.sizeBytes)]));
    const scratchAddress = place(manifest.scratchSizeBytes);
    const workAddresses = Array.from({ length: nThreads }, () => place(workSizeBytes));
    const pages = Math.ceil(end / pageSizeBytes);
    if (pages > maxPages)
      throw new WhisperVulkanError(
        "memory-refused",
        `The model needs ${size(end)}, more than WebAssembly's 4 GiB`,
        {
          hint: "Use a smaller model, or an F16 file instead of F32",
        },
      );
    let memory: WebAssembly.Memory;
    try {
      // the memory never grows, so addresses up to 4 GiB need not be reserved for it
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (cause) {
      throw new WhisperVulkanError(
        "memory-refused",
        `The system refused ${size(end)} of memory for the CPU backend`,
        {
          hint: "Close other programs, raise the limit of this process (ulimit -v, or the container's), or use a smaller model",
          cause,
        },
      );
    }
    const pool = await ThreadPool.start(memory, kernels, workAddresses).catch((cause: unknown) => {
      throw threadsUnavailable(nThreads, cause);
    });
    return new CpuStorage(memory, addresses, scratchAddress, end, pool);
  }

  async compile(program: Program): Promise<Executable> {
    const scratch = planScratch(program, alignment);
    const address = (tensor: Tensor) =>
      tensor.role === "scratch"
        ? this.#scratchAddress + scratch.offsets.get(tensor.name)!
        : this.#addresses.get(tensor.name)!;
    const steps: CpuStep[] = program.steps.map((step) => cpuStep(step, address, this.#pool.nThreads));
    const tooBig = steps.find((step) => step.workSizeBytes > workSizeBytes);
    if (tooBig)
      throw new Error(
        `${tooBig.op} needs ${tooBig.workSizeBytes} bytes a thread, but only ${workSizeBytes} are reserved`,
      );
    return this.#pool.add(steps);
  }

  async write(tensor: Tensor, offsetBytes: number, data: Uint8Array): Promise<void> {
    new Uint8Array(this.#memory.buffer).set(data, this.#addresses.get(tensor.name)! + offsetBytes);
  }

  async read(tensor: Tensor, offsetBytes: number, into: Uint8Array): Promise<void> {
    const address = this.#addresses.get(tensor.name)! + offsetBytes;
    into.set(new Uint8Array(this.#memory.buffer, address, into.byteLength));
  }

  memory(): readonly MemoryUse[] {
    return [{ what: "weights, caches and scratch", where: "system memory", sizeBytes: this.#sizeBytes }];
  }

  dispose(): Promise<void> {
    return this.#pool.dispose();
  }
}

function threadsUnavailable(nThreads: number, cause: unknown): WhisperVulkanError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const threads = nThreads === 1 ? "its thread" : `its ${nThreads} threads`;
  return new WhisperVulkanError(
    "cpu-unavailable",
    `The CPU backend cannot start ${threads} (${why.split("\n")[0]})`,
    {
      hint: "Use fewer with --threads, or raise the limits of threads and memory (ulimit -u, ulimit -v, or the container's)",
      cause,
    },
  );
}
