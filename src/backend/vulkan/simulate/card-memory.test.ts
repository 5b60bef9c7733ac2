import { afterEach, describe, expect, it } from "vitest";
import type { Card } from "../../../memory/simulate/card.js";
import {
  VK_ERROR_MEMORY_MAP_FAILED,
  VK_ERROR_OUT_OF_DEVICE_MEMORY,
  VK_ERROR_TOO_MANY_OBJECTS,
} from "../bindings/generated/constants.js";
import { CommandPool, Recorder } from "../commands.js";
import { submissionOf } from "../queue.js";
import type { SimulatedTables } from "./index.js";
import { mockTables } from "./mock/index.js";
import { noResizableBar, onlyNonCoherent, unified } from "./testing/cards.js";
import { nothingLeft } from "./testing/nothing-left.js";
import { RawMemory } from "./testing/raw-memory.js";

const refused = VK_ERROR_OUT_OF_DEVICE_MEMORY;
const poison = 0xcd;

describe("a simulated card's memory", () => {
  let tables: SimulatedTables;
  let raw: RawMemory;
  const open = async (card: Card) => {
    tables = mockTables(card);
    raw = await RawMemory.open(tables);
  };
  afterEach(async () => {
    await raw.device.destroy();
    expect(nothingLeft(tables)).toBe(true);
  });
  const smallHeap = (more: Partial<Card["heaps"][number]>): Card => ({
    ...unified,
    heaps: [{ sizeBytes: 10_000, deviceLocal: true, ...more }],
  });

  it("fills exactly; one byte more is refused, until something is given back", async () => {
    await open(smallHeap({ usageBytes: 1000 }));
    const first = raw.allocate(1, 6000);
    expect(raw.allocate(1, 3001)).toBe(refused);
    const second = raw.allocate(0, 3000);
    expect(raw.allocate(2, 1)).toBe(refused);
    expect(tables.counts()).toMatchObject({ heapBytes: [9000], allocations: 4, handles: { memory: 2 } });
    raw.free(first);
    const third = raw.allocate(2, 6000);
    expect(third).toBeTypeOf("bigint");
    raw.free(second);
    raw.free(third);
  });

  it("goes beyond a budget, which is advice, but not beyond the largest piece", async () => {
    await open(smallHeap({ budgetBytes: 10, largestFreeBytes: 5000 }));
    expect(raw.device.memoryBudget()).toEqual([{ budgetBytes: 10, usageBytes: 0 }]);
    expect(raw.allocate(1, 5001)).toBe(refused);
    const memory = raw.allocate(1, 5000);
    expect(raw.device.memoryBudget()).toEqual([{ budgetBytes: 10, usageBytes: 5000 }]);
    raw.free(memory);
  });

  it.each([
    ["maxMemoryAllocationSize", { maxMemoryAllocationSize: 4096 }, 4097, refused],
    [
      "limits of 0, which have overflowed",
      { maxMemoryAllocationSize: 0, maxMemoryAllocationCount: 0 },
      4097,
      "bigint",
    ],
  ])("heeds %s", async (_, limits, sizeBytes, expected) => {
    await open({ ...unified, limits: { ...unified.limits, ...limits } });
    const got = raw.allocate(1, sizeBytes);
    expect(expected === "bigint" ? typeof got : got).toBe(expected);
    if (typeof got === "bigint") raw.free(got);
  });

  it("has no more allocations than its maxMemoryAllocationCount", async () => {
    await open({ ...unified, limits: { ...unified.limits, maxMemoryAllocationCount: 2 } });
    const memories = [raw.allocate(1, 1), raw.allocate(1, 1)];
    expect(raw.allocate(1, 1)).toBe(VK_ERROR_TOO_MANY_OBJECTS);
    memories.map((memory) => raw.free(memory));
  });

  it("can't be mapped where the card's host doesn't see it; is full of poison where it does", async () => {
    await open(noResizableBar);
    const hidden = raw.allocate(0, 4096);
    const visible = raw.allocate(2, 4096);
    expect(raw.map(hidden, 4096)).toBe(VK_ERROR_MEMORY_MAP_FAILED);
    expect(raw.map(visible, 4096)).toEqual(new Uint8Array(4096).fill(poison));
    expect(() => raw.map(visible, 4096)).toThrow("mapped twice");
    raw.free(hidden);
    raw.free(visible);
  });

  it("must not be had of types that are not there or need a feature, nor freed twice", async () => {
    const types = [...unified.types, { flags: 0x11, heap: 0 }, { flags: 0xc7, heap: 0 }];
    await open({ ...unified, types });
    for (const type of [types.length, types.length - 1, types.length - 2])
      expect(() => raw.allocate(type, 1)).toThrow(`memory type ${type} of unified`);
    const memory = raw.allocate(1, 1);
    raw.free(memory);
    expect(() => raw.free(memory)).toThrow("there is no memory");
    raw.free(0n);
  });

  describe("that is not coherent", () => {
    /** Copies between two buffers on the device, as the device sees them. */
    async function copyOnDevice(from: bigint, to: bigint, sizeBytes: number) {
      const pool = new CommandPool(raw.device);
      const commands = pool.allocate();
      const recorder = new Recorder(raw.device, commands);
      recorder.copy(from, 0, to, 0, sizeBytes);
      recorder.end();
      await raw.device.queue.run(submissionOf(commands));
      pool.destroy();
    }

    it("shows the device what was flushed, and the host what was invalidated", async () => {
      await open(onlyNonCoherent);
      const memories = [raw.allocate(1, 512), raw.allocate(1, 512)];
      const [from, to] = memories.map((memory) => raw.buffer(memory, 512)) as [bigint, bigint];
      const [written, read] = memories.map((memory) => raw.map(memory, 512)) as [Uint8Array, Uint8Array];
      written.fill(7);
      read.fill(1);
      raw.synchronise("Flush", memories[0]!, 128, 256);
      await copyOnDevice(from, to, 512);
      expect(read).toEqual(new Uint8Array(512).fill(1));
      raw.synchronise("Invalidate", memories[1]!, 0, 256);
      const seen = new Uint8Array(512).fill(1, 256).fill(7, 128, 256).fill(poison, 0, 128);
      expect(read).toEqual(seen);
      for (const buffer of [from, to]) raw.destroyBuffer(buffer);
      memories.map((memory) => raw.free(memory));
    });

    it("is flushed in whole atoms, or to its end", async () => {
      await open(onlyNonCoherent);
      const memory = raw.allocate(1, 300);
      raw.map(memory, 300);
      for (const [offset, size] of [
        [0, 128],
        [128, 172],
        [256, 44],
      ] as const)
        expect(raw.synchronise("Flush", memory, offset, size)).toBe(0);
      for (const [offset, size] of [
        [4, 128],
        [0, 100],
        [128, 256],
      ] as const)
        expect(() => raw.synchronise("Flush", memory, offset, size)).toThrow("whole atoms of 128");
      raw.free(memory);
    });
  });
});
