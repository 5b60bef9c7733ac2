import { describe, expect, it } from "vitest";
import { chain } from "../../../test/chain.js";
import { opCases } from "../../ops/cases.js";
import type { KernelContext, KernelDevice } from "../../ops/kernel.js";
import type { Program } from "../../ops/program.js";
import { tensorSizeBytes } from "../../ops/tensor.js";
import { vulkanKernels } from "../../ops/vulkan-kernels.js";
import { pushConstantSizeBytes } from "./pipelines.js";
import { planDispatches } from "./plan.js";

/** What Vulkan 1.0 guarantees and nothing more. */
const least: KernelDevice = {
  maxWorkgroupInvocations: 128,
  maxWorkgroupSize: [128, 128, 64],
  maxWorkgroupCount: [65535, 65535, 65535],
  sharedMemorySizeBytes: 16384,
  subgroupSize: 0,
  subgroupArithmetic: false,
  cooperativeMatrices: [],
  storage16Bit: false,
  float16Arithmetic: false,
  vulkanMemoryModel: false,
  software: false,
  apiVersion: [1, 0],
};

function plan(program: Program, maxFlops: number) {
  const context: KernelContext = {
    device: least,
    parts: () => [
      { index: 0, firstRow: 0, nRows: program.steps[0]!.op === "linear" ? program.steps[0]!.nOut : 1 },
    ],
    maxFlopsPerDispatch: maxFlops,
  };
  const range = (name: string, sizeBytes: number) => ({ buffer: name, offsetBytes: 0, sizeBytes });
  return planDispatches(
    program,
    vulkanKernels,
    context,
    (tensor) => range(tensor.name, tensorSizeBytes(tensor)),
    maxFlops,
  );
}

describe("plan", () => {
  it("is one submission with a barrier between dependent steps when all of it is small", () => {
    const submissions = plan(chain, 1e9);
    expect(submissions).toHaveLength(1);
    expect(submissions[0]!.map(({ barrierBefore }) => barrierBefore)).toEqual([false, true, true, true]);
  });

  it("cuts work into submissions, none above the limit, and starts each without a barrier of its own", () => {
    const flops = 2 * 64 * 64;
    const submissions = plan(chain, flops * 2);
    expect(submissions.map((s) => s.map(({ barrierBefore }) => barrierBefore))).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it("says why when no kernel will do", () => {
    const empty = { ...vulkanKernels, linear: [] };
    const context: KernelContext = { device: least, parts: () => [], maxFlopsPerDispatch: 1 };
    expect(() =>
      planDispatches(chain, empty, context, () => ({ buffer: 0, offsetBytes: 0, sizeBytes: 0 }), 1),
    ).toThrow("no kernel for linear");
  });

  it.each(opCases.map(({ name, step }) => [name, step] as const))(
    "%s asks for no more than Vulkan 1.0 gives every device",
    (_, step) => {
      for (const { dispatch } of plan({ name: "one", steps: [step] }, 1e6).flat()) {
        expect(dispatch.buffers.length).toBeLessThanOrEqual(4);
        expect(dispatch.pushConstants.byteLength).toBeLessThanOrEqual(pushConstantSizeBytes);
        expect(Math.max(...dispatch.groups)).toBeLessThanOrEqual(65535);
        expect(dispatch.groups.every((n) => Number.isInteger(n) && n > 0)).toBe(true);
      }
    },
  );
});
