import { expect, it } from "vitest";
import { countingTables } from "./index.js";
import { mockDriver } from "./mock/mock-driver.js";
import { noResizableBar } from "./testing/cards.js";
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
