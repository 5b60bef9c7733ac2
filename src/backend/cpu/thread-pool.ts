import { Worker } from "node:worker_threads";
import { WhisperVulkanError } from "../../errors.js";
import type { Executable } from "../backend.js";
import type { KernelsModule } from "./kernels-module.js";
import type { CpuStep } from "./steps.js";
import { syncWords as word } from "./sync.js";

/** What workers tell: an error in a step, or that all threads are through with the run. */
type Message = { readonly error: string } | { readonly finished: true };

/** Worker threads that walk programs together. One run at a time. Idle threads don't keep the process alive. */
export class ThreadPool {
  readonly #workers: readonly Worker[];
  readonly #sync: Int32Array;
  #programs = 0;
  #running: { resolve: () => void; reject: (error: Error) => void } | null = null;
  #errors: string[] = [];
  #finished = false;
  #disposed = false;

  private constructor(workers: readonly Worker[], sync: Int32Array) {
    this.#workers = workers;
    this.#sync = sync;
    for (const worker of workers) {
      worker.on("message", (message: Message) => this.#onMessage(message));
      worker.on("error", (error) => this.#running?.reject(error as Error));
      worker.unref(); // behind the listeners, since one for messages keeps the process alive again
    }
  }

  static async start(memory: WebAssembly.Memory, kernels: KernelsModule, workAddresses: readonly number[]) {
    const sync = new Int32Array(new SharedArrayBuffer(word.total * 4));
    const workers = workAddresses.map(
      (workAddress) =>
        new Worker(new URL("./worker.js", import.meta.url), {
          execArgv: [], // --input-type, for one, is for the main program only and would keep a worker from starting
          workerData: {
            ...{ sync, memory, workAddress, nThreads: workAddresses.length },
            ...{ module: kernels.module, relaxedFlag: kernels.relaxedFlag },
          },
        }),
    );
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.once("message", () => {
              worker.off("error", reject);
              resolve();
            });
            worker.once("error", reject);
          }),
      ),
    );
    return new ThreadPool(workers, sync);
  }

  get nThreads(): number {
    return this.#workers.length;
  }

  add(steps: readonly CpuStep[]): Executable {
    const id = ++this.#programs;
    for (const worker of this.#workers) worker.postMessage({ id, steps });
    return {
      run: (signal) => this.#run(id, signal),
      dispose: () => {
        for (const worker of this.#workers) worker.postMessage({ id, steps: null });
      },
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#running?.reject(new WhisperVulkanError("disposed", "the engine was disposed during a run"));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  async #run(id: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#disposed) throw new WhisperVulkanError("disposed", "the engine was disposed before this run");
    if (signal?.aborted) throw aborted(signal);
    if (this.#running) throw new Error("a program is running already");
    const sync = this.#sync;
    for (const index of [word.abort, word.stopping, word.task, word.arrived, word.finished, word.failed])
      Atomics.store(sync, index, 0);
    Atomics.store(sync, word.program, id);
    const onAbort = () => Atomics.store(sync, word.abort, 1);
    signal?.addEventListener("abort", onAbort);
    for (const worker of this.#workers) worker.ref();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#running = { resolve, reject };
        this.#errors = [];
        this.#finished = false;
        Atomics.add(sync, word.run, 1);
        Atomics.notify(sync, word.run);
      });
      if (this.#errors.length)
        throw new WhisperVulkanError("internal", `a CPU kernel failed: ${this.#errors[0]}`);
      if (Atomics.load(sync, word.stopping)) throw aborted(signal);
    } finally {
      this.#running = null;
      signal?.removeEventListener("abort", onAbort);
      for (const worker of this.#workers) worker.unref();
    }
  }

  #onMessage(message: Message): void {
    if ("error" in message) this.#errors.push(message.error);
    else this.#finished = true;
    // messages of different threads arrive in any order
    if (this.#finished && this.#errors.length === Atomics.load(this.#sync, word.failed))
      this.#running?.resolve();
  }
}

function aborted(signal: AbortSignal | undefined): WhisperVulkanError {
  return new WhisperVulkanError("aborted", "stopped on request", { cause: signal?.reason });
}
