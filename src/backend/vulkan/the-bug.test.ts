import { describe, expect, it } from "vitest";
import { type Card, cardNamed } from "../../memory/simulate/index.js";
import { modelNamed } from "../../model/index.js";
import { networkPrograms } from "../../network/device-network.js";
import { describeWeights } from "../../network/tensors.js";
import { manifestOf } from "../manifest.js";
import { openVulkan } from "./index.js";
import { mockTables } from "./simulate/mock/index.js";
import { RawMemory } from "./simulate/testing/raw-memory.js";

// The bug with which this project began: an 8 GB card refuses a model of 147 MB, since only a small part of its memory is host-visible.

const { dimensions } = modelNamed("base");
const programs = networkPrograms(dimensions, describeWeights(dimensions, "f16").weights);
const manifest = manifestOf(programs, 256);
const weightBytes = manifest.entries.reduce(
  (sum, { tensor, sizeBytes }) => sum + (tensor.role === "weight" ? sizeBytes : 0),
  0,
);

describe("base on an 8 GB card whose visible heap has 256 MiB", () => {
  it("fails with a policy that wants HOST_VISIBLE|DEVICE_LOCAL and compares with the heap's total size", async () => {
    const card = await cardNamed("amd-rx5700xt-windows");
    const type = card.types.findIndex(
      ({ flags, heap }) => (flags & 3) === 3 && card.heaps[heap]!.sizeBytes >= weightBytes,
    );
    expect(card.types[type]).toEqual({ flags: 7, heap: 2 });
    const raw = await RawMemory.open(mockTables(card));
    expect(raw.allocate(type, weightBytes)).toBe(-2); // VK_ERROR_OUT_OF_DEVICE_MEMORY
    await raw.device.destroy();
  });

  it("goes to the device's memory with ours, nothing configured, and the record says why", async () => {
    const { placed, record, counts } = await place(await cardNamed("amd-rx5700xt-windows"));
    expect(placed).toMatchObject({ verdict: "device", spilledBytes: 0 });
    expect(
      placed.blocks.filter(({ label }) => label === "weights").map(({ flags, heap }) => [flags, heap]),
    ).toEqual([
      [1, 0],
      [1, 0],
    ]);
    const weights = record.filter(({ purpose }) => purpose === "weights");
    expect(weights.slice(0, 2)).toMatchObject([
      { heap: 2, outcome: "skipped", reason: expect.stringContaining("small") },
      { heap: 0, outcome: "allocated", rung: "DEVICE_LOCAL" },
    ]);
    expect(counts.heapBytes.slice(0, 3)).toEqual(placed.heaps.map(({ takenBytes }) => takenBytes));
  });

  it("goes to the next rung where a visible heap looks large and refuses", async () => {
    const card = await cardNamed("amd-rx5700xt-windows");
    const [vram, host] = card.heaps as [Card["heaps"][number], Card["heaps"][number]];
    const visible = { sizeBytes: vram.sizeBytes, deviceLocal: true, largestFreeBytes: 0 };
    const { placed, record } = await place({ ...card, heaps: [vram, host, visible] });
    expect(placed.verdict).toBe("device");
    expect(record.filter(({ heap, outcome }) => heap === 2 && outcome === "allocated")).toEqual([]);
    expect(record.filter(({ heap, outcome }) => heap === 2 && outcome === "refused").length).toBeGreaterThan(
      0,
    );
    const weights = record.filter(({ purpose }) => purpose === "weights");
    expect(weights[0]).toMatchObject({
      heap: 2,
      outcome: "skipped",
      reason: expect.stringContaining("refused"),
    });
    expect(weights[1]).toMatchObject({ heap: 0, outcome: "allocated" });
  });

  it("takes on every card what the plan says, byte for byte by the driver's own count", async () => {
    for (const name of [
      "amd-rx5700xt-windows",
      "nvidia-windows-nobarheap",
      "intel-igpu-anv-nonllc",
      "apple-silicon-moltenvk",
    ]) {
      const { planned, placed, counts } = await place(await cardNamed(name));
      expect(placed.blocks, name).toEqual(planned.blocks);
      expect(counts.heapBytes, name).toEqual(planned.heaps.map(({ takenBytes }) => takenBytes));
      const waste = (planned.takenBytes - planned.neededBytes) / planned.neededBytes;
      expect(waste, `${name}: bytes held beyond those needed`).toBeLessThan(0.03);
    }
  });
});

/** Plans, then allocates on a card with no GPU behind it, and gives all back. */
async function place(card: Card) {
  const tables = mockTables(card);
  const backend = await openVulkan("auto", { maxFlops: 1e9 }, tables);
  const planned = backend.plan(manifest);
  const before = tables.counts().heapBytes;
  const storage = await backend.allocate(manifest);
  const placed = storage.plan!();
  const after = tables.counts().heapBytes;
  const counts = { heapBytes: after.map((bytes, heap) => bytes - (before[heap] ?? 0)) };
  await storage.dispose();
  await backend.dispose();
  expect(Object.values(tables.counts().handles).reduce((a, b) => a + b, 0)).toBe(0);
  return { planned, placed, record: backend.ledger.entries, counts };
}
