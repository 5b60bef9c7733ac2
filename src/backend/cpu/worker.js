// A compute thread: sleeps until a run starts, then executes the program's steps with the other threads.
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { syncWords as word } from "./sync.js";
import { runTask } from "./tasks.js";

/** @typedef {import("./steps.js").CpuStep} CpuStep */

/** How often to check for the other threads before going to sleep: a few microseconds. */
const spins = 3000;

/** @type {{ sync: Int32Array, memory: WebAssembly.Memory, module: WebAssembly.Module, nThreads: number, workAddress: number, relaxedFlag: string | null, programs: import("node:worker_threads").MessagePort }} */
const { sync, memory, module, nThreads, workAddress, relaxedFlag, programs: programsPort } = workerData;
if (relaxedFlag) (await import("node:v8")).setFlagsFromString(relaxedFlag);
const { exports: kernels } = new WebAssembly.Instance(module, {
  env: {
    memory,
    abort: () => {
      throw new Error("WebAssembly kernel aborted");
    },
  },
});
const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
/** @type {Map<number, CpuStep[]>} */
const programs = new Map();

port.postMessage({ ready: true });
for (let run = 0; ; ) {
  Atomics.wait(sync, word.run, run);
  run = Atomics.load(sync, word.run);
  for (let received = nextMessage(); received; received = nextMessage()) {
    const { id, steps } = received.message;
    if (steps) programs.set(id, steps);
    else programs.delete(id);
  }
  walk(programs.get(Atomics.load(sync, word.program)));
}

function nextMessage() {
  return receiveMessageOnPort(programsPort);
}

/**
 * @param {CpuStep[] | undefined} steps
 */
function walk(steps) {
  if (!steps) fail("no such program");
  for (const step of steps ?? []) {
    const generation = Atomics.load(sync, word.generation);
    try {
      for (let task = next(); task < step.nTasks; task = next())
        runTask(kernels, memory, workAddress, step, task);
    } catch (thrown) {
      fail(`${step.op}: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
    arrive(generation);
    if (Atomics.load(sync, word.stopping)) break;
  }
  // the next run resets the words above, so this one ends only when no thread looks at them any more
  if (Atomics.add(sync, word.finished, 1) === nThreads - 1) port.postMessage({ finished: true });
}

/** @param {string} error */
function fail(error) {
  Atomics.add(sync, word.failed, 1);
  Atomics.store(sync, word.abort, 1);
  port.postMessage({ error });
}

function next() {
  return Atomics.load(sync, word.abort) ? Number.MAX_SAFE_INTEGER : Atomics.add(sync, word.task, 1);
}

/**
 * Waits until all threads finished the step.
 * @param {number} generation
 */
function arrive(generation) {
  if (Atomics.add(sync, word.arrived, 1) === nThreads - 1) {
    Atomics.store(sync, word.arrived, 0);
    Atomics.store(sync, word.task, 0);
    Atomics.store(sync, word.stopping, Atomics.load(sync, word.abort));
    Atomics.add(sync, word.generation, 1);
    Atomics.notify(sync, word.generation);
    return;
  }
  for (let i = 0; i < spins; i++) if (Atomics.load(sync, word.generation) !== generation) return;
  while (Atomics.load(sync, word.generation) === generation) Atomics.wait(sync, word.generation, generation);
}
