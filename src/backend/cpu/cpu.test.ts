import { afterAll, describe, expect, it } from "vitest";
import { opCases } from "../../ops/cases.js";
import { halfToFloat } from "../../ops/half.js";
import type { Step } from "../../ops/index.js";
import type { Tensor } from "../../ops/tensor.js";
import { checkCase } from "../check-case.js";
import { openCpu } from "./index.js";

describe.each([1, 2, 3])("CPU kernels on %i threads", async (threads) => {
  const backend = await openCpu({ threads });
  afterAll(() => backend.dispose());

  it.each(opCases.map((opCase) => [opCase.name, opCase] as const))("%s", async (_, opCase) => {
    const { mismatch } = await checkCase(backend, opCase);
    expect(mismatch).toBeNull();
  });
});

describe("a run on the CPU", () => {
  const tensor = (name: string, shape: number[], role: "weight" | "output"): Tensor => ({
    ...{ name, shape, role, type: "f32", heat: "once" },
  });
  const n = 512;
  const x = tensor("x", [n, n], "weight");
  const out = tensor("out", [n, n], "output");
  const layout = { batchStride: 0, rowStride: n, offset: 0 };
  const step: Step = {
    ...{ op: "linear", x, weight: tensor("w", [n, n], "weight"), bias: null, out, nBatch: 1, nRows: n },
    ...{ nIn: n, nOut: n, xLayout: { ...layout, batchExtent: n * n }, outLayout: layout },
    ...{ activation: "none", accumulate: false },
  };
  const open = async (nSteps: number) => {
    const program = { name: "products", steps: Array.from({ length: nSteps }, () => step) };
    const backend = await openCpu({ threads: 3 });
    const storage = await backend.allocate(backend.manifest([program]));
    return { backend, storage, executable: await backend.compile(program, storage) };
  };

  it("stops when asked, again and again, and runs whole after that", async () => {
    const { backend, storage, executable } = await open(400);
    for (let i = 0; i < 5; i++) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 3 * i);
      await expect(executable.run(controller.signal)).rejects.toMatchObject({ code: "aborted" });
    }
    const one = await backend.compile({ name: "one", steps: [step] }, storage);
    const ones = new Uint8Array(new Float32Array(n * n).fill(1).buffer);
    await storage.write(x, 0, ones);
    await storage.write(step.weight, 0, ones);
    await one.run();
    const result = new Float32Array(n * n);
    await storage.read(out, 0, new Uint8Array(result.buffer));
    expect(result.every((value) => value === n)).toBe(true);
    await backend.dispose();
  });

  it("ends with an error when disposed of, and refuses to run after that", async () => {
    const { backend, executable } = await open(400);
    const run = expect(executable.run()).rejects.toMatchObject({ code: "disposed" });
    await backend.dispose();
    await run;
    await expect(executable.run()).rejects.toMatchObject({ code: "disposed" });
  });

  it("takes an empty program", async () => {
    const { backend, storage } = await open(1);
    await (await backend.compile({ name: "empty", steps: [] }, storage)).run();
    await backend.dispose();
  });

  it("refuses a program that was disposed of", async () => {
    const { backend, executable } = await open(1);
    executable.dispose();
    await expect(executable.run()).rejects.toMatchObject({ code: "internal" });
    await backend.dispose();
  });
});

it("reads every finite half as it is, subnormals included", async () => {
  const backend = await openCpu({ threads: 1 });
  const state = (name: string, shape: number[], type: "f16" | "f32"): Tensor => ({
    ...{ name, shape, type, role: "state", heat: "once" },
  });
  const [n, nOut] = [16, 4096];
  const identity = state("identity", [n, n], "f32");
  const weight = state("halves", [nOut, n], "f16");
  const out = state("floats", [n, nOut], "f32");
  const step: Step = {
    ...{ op: "linear", x: identity, weight, bias: null, out, nBatch: 1, nRows: n, nIn: n, nOut },
    xLayout: { batchStride: 0, rowStride: n, offset: 0, batchExtent: n * n },
    outLayout: { batchStride: 0, rowStride: nOut, offset: 0 },
    ...{ activation: "none", accumulate: false },
  };
  const program = { name: "halves", steps: [step] };
  const storage = await backend.allocate(backend.manifest([program]));
  // model files contain no infinities or NaNs (exponent 31); zeros in their place
  const halves = Uint16Array.from({ length: n * nOut }, (_, i) => ((i & 0x7c00) === 0x7c00 ? 0 : i));
  const ones = Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) ? 0 : 1));
  await storage.write(weight, 0, new Uint8Array(halves.buffer));
  await storage.write(identity, 0, new Uint8Array(ones.buffer));
  await (await backend.compile(program, storage)).run();
  const floats = new Float32Array(n * nOut);
  await storage.read(out, 0, new Uint8Array(floats.buffer));
  const wrong = [...halves].findIndex(
    (half, i) => floats[(i % n) * nOut + Math.floor(i / n)] !== halfToFloat(half) + 0,
  );
  expect(wrong).toBe(-1);
  await backend.dispose();
});
