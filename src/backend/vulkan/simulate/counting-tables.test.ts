import { describe, expect, it } from "vitest";
import { countingTables } from "./index.js";
import { mockDriver } from "./mock/mock-driver.js";
import { noResizableBar } from "./testing/cards.js";
import { nothingLeft } from "./testing/nothing-left.js";
import { RawMemory } from "./testing/raw-memory.js";

it("counts handles, bytes per heap and uses of any driver's calls", async () => {
  const tables = countingTables(mockDriver(noResizableBar));
  const raw = await RawMemory.open(tables);
  const memory = raw.allocate(0, 1000);
  const buffer = raw.buffer(memory, 500);
  expect(tables.counts()).toMatchObject({
    handles: { instance: 1, device: 1, fence: 1, memory: 1, buffer: 1, pipeline: 0 },
    heapBytes: [1000],
    allocations: 1,
    calls: { vkCreateInstance: 1, vkCreateDevice: 1, vkCreateBuffer: 1 },
  });
  raw.destroyBuffer(buffer);
  expect(() => raw.destroyBuffer(buffer)).toThrow(/vkDestroyBuffer: there is no buffer 0x/);
  raw.free(memory);
  await raw.device.destroy();
  const { handles, heapBytes } = tables.counts();
  expect(new Set([...Object.values(handles), ...heapBytes])).toEqual(new Set([0]));
});

describe("who holds what", () => {
  it("is listed with sizes, and where each handle was made if that is asked for", async () => {
    const tables = countingTables(mockDriver(noResizableBar), { stacks: true });
    const raw = await RawMemory.open(tables);
    const memory = raw.allocate(0, 1000) as bigint;
    expect(tables.holders().map(({ kind }) => kind)).toEqual(["instance", "device", "fence", "memory"]);
    expect(tables.holders().at(-1)).toMatchObject({
      ...{ kind: "memory", handle: memory, memory: { heap: 0, sizeBytes: 1000 } },
      madeAt: [
        expect.stringMatching(/^RawMemory\.allocate \(src.*raw-memory\.ts:\d+:\d+\)$/),
        expect.stringContaining("counting-tables.test.ts"),
      ],
    });
    // made on another thread
    expect(tables.holders()[1]!.madeAt[0]).toMatch(/create \(src.*device\.ts/);
    const hex = memory.toString(16);
    expect(() => nothingLeft(tables)).toThrow(
      new RegExp(`1 memory.*; bytes.*1000[^]* memory 0x${hex}, 1000 bytes in heap 0\n +RawMemory.allocate`),
    );
    raw.free(memory);
    await raw.device.destroy();
    expect(nothingLeft(tables)).toBe(true);
  });

  it("is listed without where, which is slow, otherwise", async () => {
    const tables = countingTables(mockDriver(noResizableBar), { stacks: false });
    const raw = await RawMemory.open(tables);
    expect(tables.holders().flatMap(({ madeAt }) => madeAt)).toEqual([]);
    expect(() => nothingLeft(tables)).toThrow("WHISPER_VULKAN_TEST_LEAKS=1");
    await raw.device.destroy();
  });
});
