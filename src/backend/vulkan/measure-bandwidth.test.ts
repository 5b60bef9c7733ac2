import { expect, test } from "vitest";
import type { MemoryBandwidth } from "../../memory/index.js";
import type { Program } from "../../ops/program.js";
import type { Tensor } from "../../ops/tensor.js";
import { openVulkan } from "./index.js";
import type { Script } from "./simulate/index.js";
import { mockTables, referenceKernels } from "./simulate/mock/index.js";
import { unified } from "./simulate/testing/cards.js";
import { nothingLeft } from "./simulate/testing/nothing-left.js";

const MiB = 2 ** 20;
const card = {
  ...unified,
  heaps: [
    { sizeBytes: 2 ** 30, deviceLocal: true },
    { sizeBytes: 2 ** 30, deviceLocal: false },
  ],
  types: [
    { flags: 0x7, heap: 0 },
    { flags: 0xe, heap: 1 },
  ],
};
const tensor = (name: string, shape: readonly number[], role: Tensor["role"]): Tensor => ({
  ...{ name, shape, role, heat: "token", type: role === "weight" ? "f16" : "f32" },
});
const program: Program = {
  name: "spills",
  steps: [
    {
      ...{ op: "linear", x: tensor("x", [1, 1024], "input"), weight: tensor("w", [4096, 1024], "weight") },
      ...{ bias: null, out: tensor("out", [1, 4096], "output"), nBatch: 1, nRows: 1, nIn: 1024, nOut: 4096 },
      ...{ activation: "none", accumulate: false },
      xLayout: { batchStride: 1024, rowStride: 1024, offset: 0, batchExtent: 1024 },
      outLayout: { batchStride: 4096, rowStride: 4096, offset: 0 },
    },
  ],
};

/** Measures since most of 8 MiB of weights spills; mostBytes: of the device's memory held at any time. */
async function measure(script: Script = {}, vramLimitBytes = MiB, on = card) {
  const tables = mockTables(on, script);
  let mostBytes = 0;
  const watched = { ...tables };
  watched.device = (instance, handle) => {
    const vk = tables.device(instance, handle);
    const { vkAllocateMemory } = vk;
    return Object.assign(vk, {
      vkAllocateMemory: (...parameters: Parameters<typeof vkAllocateMemory>) => {
        const result = vkAllocateMemory(...parameters);
        mostBytes = Math.max(mostBytes, tables.counts().heapBytes[0]!);
        return result;
      },
    });
  };
  const bandwidths = new Map<string, MemoryBandwidth>();
  const memory = { vramLimitBytes };
  const backend = await openVulkan(
    "0",
    { kernels: referenceKernels, maxFlops: 1e8, memory, bandwidths },
    watched,
  );
  const storage = await backend.allocate(backend.manifest([program]));
  try {
    expect(storage.plan!()!.verdict).toBe("spill");
    await storage.measureBandwidth!();
    const { bandwidth: used } = storage.plan!()!;
    return {
      mostBytes,
      used,
      kept: [...bandwidths.values()],
      nSubmits: tables.counts().calls.vkQueueSubmit!,
    };
  } finally {
    await storage.dispose();
    await backend.dispose();
    expect(nothingLeft(tables)).toBe(true);
  }
}

test("measuring keeps the user's limit; where that leaves no room it is no measurement, and not kept", async () => {
  const { mostBytes, kept, used } = await measure();
  expect(kept).toEqual([]);
  expect(used).toMatchObject({ deviceBytesPerSecond: 300e9, measured: false });
  expect(used.hostBytesPerSecond).not.toBe(11e9);
  expect(mostBytes).toBeLessThanOrEqual(MiB);
});

test("with room for both it is one, and kept: it is made before the device's memory is taken", async () => {
  const { mostBytes, kept, used } = await measure({}, 6 * MiB);
  expect(used.measured).toBe(true);
  expect(kept).toEqual([used]);
  expect(mostBytes).toBeLessThanOrEqual(6 * MiB);
});

test("where measuring is refused memory all goes on, on estimates", async () => {
  const { nSubmits } = await measure();
  const fail = { call: "vkQueueSubmit", code: -2 } as const;
  const { kept, used } = await measure({ fail: { ...fail, nth: nSubmits - 1 } });
  expect(kept).toEqual([]);
  expect(used.measured).toBe(false);
});
