import { Worker } from "node:worker_threads";
import { beforeEach, expect, test, vi } from "vitest";
import { compileKernels } from "./kernels-module.js";
import { ThreadPool } from "./thread-pool.js";

vi.mock("node:worker_threads", { spy: true });
beforeEach(() => void vi.mocked(Worker).mockClear());

const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });

test("threads that cannot start are an error that names the reason", async () => {
  const kernels = { ...(await compileKernels()), module: {} as WebAssembly.Module };
  await expect(ThreadPool.start(memory(), kernels, [0, 0])).rejects.toMatchObject({
    code: "internal",
    message: expect.stringMatching(/A thread of the CPU backend ended: .*WebAssembly/),
  });
});

test("a thread that is lost ends the run that waits for it, and those after it", async () => {
  const pool = await ThreadPool.start(memory(), await compileKernels(), [0, 0]);
  // a run is over when all threads are through with it
  const [lost] = vi.mocked(Worker).mock.instances as unknown as Worker[];
  const stalled = pool.add([]);
  await lost!.terminate();
  const gone = { code: "internal", message: expect.stringContaining("exited with code 1") };
  await expect(stalled.run()).rejects.toMatchObject(gone);
  await expect(stalled.run()).rejects.toMatchObject(gone);
  await pool.dispose();
});
