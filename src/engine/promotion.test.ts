import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { noise } from "../audio/cases.js";
import { openVulkan } from "../backend/vulkan/index.js";
import type { Script } from "../backend/vulkan/simulate/index.js";
import { mockTables, referenceKernels } from "../backend/vulkan/simulate/mock/index.js";
import { noResizableBar } from "../backend/vulkan/simulate/testing/cards.js";
import { nothingLeft } from "../backend/vulkan/simulate/testing/nothing-left.js";
import { modelBytes } from "../model/testing/small-model.js";
import type { LocalEngineOptions } from "./local-engine.js";
import { toyDimensions, toyModel } from "./testing/toy-model.js";
import { Whisper } from "./whisper.js";

const folder = mkdtempSync(join(tmpdir(), "promotion-"));
const path = join(folder, "toy.bin");
const options = { language: "en", temperature: 0, noSpeechThreshold: null } as const;
const samples = noise(16_000 * 5);

/** The card of the bug, of whose VRAM others have left 1 MiB. */
const [vram, ...heaps] = noResizableBar.heaps;
const full = { ...vram!, usageBytes: vram!.sizeBytes - 2 ** 20 };
const card = { ...noResizableBar, heaps: [full, ...heaps] };

let right: string;
let atLoad: number;
beforeAll(async () => {
  writeFileSync(path, modelBytes(toyModel({ ...toyDimensions, nTextCtx: 32 })));
  const { whisper, tables } = await load();
  atLoad = tables.counts().allocations;
  right = (await whisper.transcribe(samples, options)).text;
  await whisper.dispose();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function load(script: Script = {}, on = card) {
  const tables = mockTables(on, script);
  const openDevice = () => openVulkan("0", { kernels: referenceKernels, maxFlops: 1e8 }, tables);
  const notes: string[] = [];
  const onNote = (note: string) => notes.push(note);
  const whisper = await Whisper.load(path, { openDevice, onNote } as LocalEngineOptions);
  return { whisper, tables, notes };
}

/** Bytes of weights, caches and scratch outside the device's memory after each of some windows. */
async function spilledAfterWindows(whisper: Whisper, n: number): Promise<number[]> {
  const spilled: number[] = [];
  for (let i = 0; i < n; i++) {
    expect((await whisper.transcribe(samples, options)).text).toBe(right);
    spilled.push(whisper.memoryPlan()!.spilledBytes);
  }
  return spilled;
}

test("what spilled moves back between windows when others have left; not at once, and all goes on as before", async () => {
  const { whisper, tables } = await load({
    othersHold: { afterAllocations: atLoad, heap: 0, usageBytes: 0 },
  });
  const before = whisper.memoryPlan()!;
  expect(before.verdict).toBe("spill");
  const spilled = await spilledAfterWindows(whisper, 4);
  expect(spilled).toEqual([before.spilledBytes, 0, 0, 0]);
  const after = whisper.memoryPlan()!;
  expect(after.verdict).toBe("device");
  expect(after.record.filter(({ outcome }) => outcome === "promoted").length).toBeGreaterThan(0);
  // free: before anything was taken
  expect(after.heaps[0]!.freeBytes).toBe(vram!.sizeBytes);
  expect(after.heaps[1]!.freeBytes).toBe(before.heaps[1]!.freeBytes);
  // the host's share is given back, and what is held is what the plan says
  expect(tables.counts().heapBytes.slice(0, 3)).toEqual(after.heaps.map(({ takenBytes }) => takenBytes));
  expect(tables.counts().heapBytes[1]).toBeLessThan(2 ** 23);
  // the report keeps it when the memory is given back
  const { requests } = whisper.memoryReport()!;
  expect(requests.some(({ ask }) => ask === "promote")).toBe(true);
  await whisper.release();
  expect(whisper.memoryReport()!.requests).toEqual(requests);
  await whisper.dispose();
  expect(nothingLeft(tables)).toBe(true);
});

test("moves the hottest first where there is room for only some", async () => {
  const usageBytes = vram!.sizeBytes - 20 * 2 ** 20;
  const { whisper, tables } = await load({ othersHold: { afterAllocations: atLoad, heap: 0, usageBytes } });
  const before = whisper.memoryPlan()!;
  const spilled = await spilledAfterWindows(whisper, 3);
  expect(spilled[2]).toBeGreaterThan(0);
  expect(spilled[2]).toBeLessThan(before.spilledBytes);
  const uses = (inDevice: boolean) =>
    new Set(
      whisper
        .memoryPlan()!
        .blocks.filter(({ heap }) => (heap === 0) === inDevice)
        .map(({ use }) => use),
    );
  expect(uses(true)).toContain("hotWeights");
  await whisper.dispose();
  expect(nothingLeft(tables)).toBe(true);
});

test("tries that fail are repeated less and less often", async () => {
  // the budget says that there is room; the driver refuses all the same
  const usageBytes = 0;
  const { whisper, tables } = await load({
    othersHold: { afterAllocations: atLoad, heap: 0, usageBytes },
    fail: { call: "vkAllocateMemory", nth: atLoad, code: -2, always: true },
  });
  const tries: number[] = [];
  for (let window = 0; window < 15; window++) {
    const { allocations } = tables.counts();
    expect((await whisper.transcribe(samples, options)).text).toBe(right);
    if (tables.counts().allocations > allocations) tries.push(window);
  }
  expect(tries).toEqual([1, 5, 13]);
  await whisper.dispose();
});

test("a copy that is not what was sent is not used", async () => {
  const { whisper, tables } = await load({
    othersHold: { afterAllocations: atLoad, heap: 0, usageBytes: 0 },
  });
  await whisper.transcribe(samples, options);
  const staging = await import("../backend/vulkan/staging.js");
  const { move } = staging.Staging.prototype;
  staging.Staging.prototype.move = async function (from, fromOffset, to, toOffset, sizeBytes) {
    await move.call(this, from, fromOffset, to, toOffset, sizeBytes - 1);
  };
  try {
    expect((await whisper.transcribe(samples, options)).text).toBe(right);
  } finally {
    staging.Staging.prototype.move = move;
  }
  const plan = whisper.memoryPlan()!;
  expect(plan.verdict).toBe("spill");
  expect(plan.record.some(({ reason }) => reason === "the copy differs from the original")).toBe(true);
  expect((await whisper.transcribe(samples, options)).text).toBe(right);
  await whisper.dispose();
  expect(nothingLeft(tables)).toBe(true);
});

test("where there is no memory to copy through, what spilled stays where it is", async () => {
  const none = { ...card, heaps: [{ ...full, usageBytes: vram!.sizeBytes }, ...heaps] };
  const first = await load({}, none);
  const nAllocations = first.tables.counts().allocations;
  await first.whisper.dispose();
  const { whisper, tables, notes } = await load(
    {
      othersHold: { afterAllocations: nAllocations, heap: 0, usageBytes: 0 },
      fail: { call: "vkAllocateMemory", nth: nAllocations, code: -2, always: true },
    },
    none,
  );
  const { length } = notes;
  const spilled = await spilledAfterWindows(whisper, 3);
  expect(new Set(spilled).size).toBe(1);
  expect(tables.counts().allocations).toBeGreaterThan(nAllocations);
  expect(notes).toHaveLength(length);
  await whisper.dispose();
});
