import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { WhisperVulkanError } from "../../errors.js";
import { packageFile } from "../../package-file.js";
import type { Executable } from "../backend.js";
import type { KernelsModule } from "./kernels-module.js";
import type { CpuStep } from "./steps.js";
import { syncWords as word } from "./sync.js";

/** What workers report: an error in a step, or that all threads have finished the run. */
type Message = { readonly error: string } | { readonly finished: true };

interface Thread {
  readonly worker: Worker;
  /** Our end of the channel on which programs are sent. */
  readonly programs: MessagePort;
}

/** Worker threads that walk programs together. One run at a time. Idle threads don't keep the process alive. */
export class ThreadPool {
  readonly #threads: readonly Thread[];
  readonly #sync: Int32Array;
  #programs = 0;
  #running: { resolve: () => void; reject: (error: Error) => void } | null = null;
  #errors: string[] = [];
  #finished = false;
  #disposed = false;
  /** Why a thread has ended. Without all threads, no run would end. */
  #broken: WhisperVulkanError | null = null;

  private constructor(threads: readonly Thread[], sync: Int32Array) {
    this.#threads = threads;
    this.#sync = sync;
    for (const { worker } of threads) {
      worker.on("message", (message: Message) => this.#onMessage(message));
      worker.on("error", (error) => this.#onThreadLost(error));
      worker.on("exit", (code) => this.#onThreadLost(new Error(`it exited with code ${code}`)));
      worker.unref(); // after the listeners are added, since a listener for messages keeps the process alive again
    }
  }

  static async start(memory: WebAssembly.Memory, kernels: KernelsModule, workAddresses: readonly number[]) {
    const sync = new Int32Array(new SharedArrayBuffer(word.total * 4));
    const threads = workAddresses.map((workAddress) => {
      // A separate channel: in Deno, a worker's parentPort cannot be read without waiting.
      const { port1: programs, port2: theirs } = new MessageChannel();
      programs.unref();
      const worker = new Worker(packageFile(new URL("./worker.js", import.meta.url)), {
        execArgv: [], // options such as --input-type are for the main program only and would keep a worker from starting
        workerData: {
          ...{ sync, memory, workAddress, nThreads: workAddresses.length, programs: theirs },
          ...{ module: kernels.module, relaxedFlag: kernels.relaxedFlag },
        },
        transferList: [theirs],
      });
      return { worker, programs };
    });
    try {
      await Promise.all(threads.map(({ worker }) => ready(worker)));
    } catch (cause) {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
      throw lostThread(cause, "if a bundler put the program together, mark whisper-vulkan as external");
    }
    return new ThreadPool(threads, sync);
  }

  get nThreads(): number {
    return this.#threads.length;
  }

  add(steps: readonly CpuStep[]): Executable {
    const id = ++this.#programs;
    for (const { programs } of this.#threads) programs.postMessage({ id, steps });
    return {
      run: (signal) => this.#run(id, signal),
      dispose: () => {
        for (const { programs } of this.#threads) programs.postMessage({ id, steps: null });
      },
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#running?.reject(new WhisperVulkanError("disposed", "The engine was disposed during a run"));
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    for (const { programs } of this.#threads) programs.close();
  }

  async #run(id: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#disposed) throw new WhisperVulkanError("disposed", "The engine was disposed before this run");
    if (this.#broken) throw this.#broken;
    if (signal?.aborted) throw aborted(signal);
    if (this.#running) throw new Error("a program is running already");
    const sync = this.#sync;
    for (const index of [word.abort, word.stopping, word.task, word.arrived, word.finished, word.failed])
      Atomics.store(sync, index, 0);
    Atomics.store(sync, word.program, id);
    const onAbort = () => Atomics.store(sync, word.abort, 1);
    signal?.addEventListener("abort", onAbort);
    for (const { worker } of this.#threads) worker.ref();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#running = { resolve, reject };
        this.#errors = [];
        this.#finished = false;
        Atomics.add(sync, word.run, 1);
        Atomics.notify(sync, word.run);
      });
      if (this.#errors.length)
        throw new WhisperVulkanError("internal", `A CPU kernel failed: ${this.#errors[0]}`);
      if (Atomics.load(sync, word.stopping)) throw aborted(signal);
    } finally {
      this.#running = null;
      signal?.removeEventListener("abort", onAbort);
      for (const { worker } of this.#threads) worker.unref();
    }
  }

  #onThreadLost(cause: unknown): void {
    if (this.#disposed) return;
    this.#broken ??= lostThread(cause);
    this.#running?.reject(this.#broken);
  }

  #onMessage(message: Message): void {
    if ("error" in message) this.#errors.push(message.error);
    else this.#finished = true;
    // messages of different threads arrive in any order
    if (this.#finished && this.#errors.length === Atomics.load(this.#sync, word.failed))
      this.#running?.resolve();
  }
}

/** Resolves when the thread reports that it is ready. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const exited = (code: number) => reject(new Error(`it exited with code ${code}`));
    worker.once("error", reject).once("exit", exited);
    worker.once("message", () => {
      worker.off("error", reject).off("exit", exited);
      resolve();
    });
  });
}

function lostThread(cause: unknown, hint?: string): WhisperVulkanError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new WhisperVulkanError("internal", `A thread of the CPU backend ended: ${why}`, {
    cause,
    ...(hint !== undefined && { hint }),
  });
}

function aborted(signal: AbortSignal | undefined): WhisperVulkanError {
  return new WhisperVulkanError("aborted", "Stopped on request", { cause: signal?.reason });
}
