import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { noise } from "../audio/cases.js";
import { openVulkan } from "../backend/vulkan/index.js";
import type { Script } from "../backend/vulkan/simulate/index.js";
import { mockTables } from "../backend/vulkan/simulate/mock/index.js";
import { type Card, cardNamed } from "../memory/simulate/index.js";
import { modelBytes } from "../model/testing/small-model.js";
import { replayMemory } from "./replay-memory.js";
import { toyModel } from "./testing/toy-model.js";
import { Whisper } from "./whisper.js";

vi.mock("../backend/vulkan/index.js", { spy: true });
const real = await vi.importActual<typeof import("../backend/vulkan/index.js")>("../backend/vulkan/index.js");

const folder = mkdtempSync(join(tmpdir(), "memory-report-"));
const model = join(folder, "confidential.bin");
beforeAll(() => writeFileSync(model, modelBytes(toyModel())));
afterAll(() => rmSync(folder, { recursive: true }));

/** The next device that is opened is this card, with no GPU behind it. */
function gpu(card: Card, script: Script = {}): void {
  vi.mocked(openVulkan).mockImplementationOnce((selection, { bandwidths: _users, ...options } = {}) =>
    real.openVulkan(selection, options, mockTables(card, script)),
  );
}

test("a GPU that refuses: the CPU transcribes, and the report gives the same result and contains nothing that was said", async () => {
  gpu(await cardNamed("amd-rx5700xt-windows"), {
    fail: { call: "vkAllocateMemory", nth: 4, code: -1000011001, always: true },
  });
  const onNote = vi.fn();
  await using whisper = await Whisper.load(model, { device: "auto", threads: 2, onNote });
  expect(whisper.device.kind).toBe("cpu");
  expect(onNote.mock.lastCall![0]).toMatch(/CPU backend does the work; .*--memory-report FILE/);
  const options = { language: "en", temperature: 0, noSpeechThreshold: null, prompt: "secret prompt" };
  const { text, segments } = await whisper.transcribe(noise(16_000 * 31), options);
  expect(segments.length).toBeGreaterThan(0);

  const report = whisper.memoryReport()!;
  const written = JSON.stringify(report);
  for (const own of [folder, "confidential", "secret", text, ...segments.map((segment) => segment.text)])
    expect(written).not.toContain(JSON.stringify(own).slice(1, -1));
  const { plan } = await replayMemory(report);
  expect(plan.verdict).toBe("refused");
  expect(plan.record.at(-1)!.reason).toContain("-1000011001");
});

test("a spill: a note says how to write the report, which gives the same result from a file too", async () => {
  const card = await cardNamed("amd-rx5700xt-windows");
  const heaps = card.heaps.map((heap) => ({
    ...heap,
    budgetBytes: heap.sizeBytes,
    usageBytes: heap.deviceLocal ? heap.sizeBytes - 2 ** 22 : 0,
  }));
  gpu({ ...card, heaps, extensions: ["VK_EXT_memory_budget"] });
  const onNote = vi.fn();
  await using whisper = await Whisper.load(model, { device: "auto", onNote });
  expect(whisper.memoryPlan()!.verdict).toBe("spill");
  expect(onNote.mock.lastCall![0]).toMatch(/in host memory, .*; .*--memory-report FILE/);
  const file = join(folder, "report.json");
  writeFileSync(file, `\uFEFF${JSON.stringify(whisper.memoryReport())}`);
  const { plan } = await replayMemory(file);
  expect(plan.blocks).toEqual(whisper.memoryPlan()!.blocks);
});

test("on the CPU there is none, and what is no report is refused", async () => {
  await using whisper = await Whisper.load(model, { device: "cpu", threads: 1 });
  expect(whisper.memoryReport()).toBeNull();
  const broken = join(folder, "broken.json");
  writeFileSync(broken, "{");
  const invalid = { code: "memory-report-invalid", message: expect.stringContaining(broken) };
  await expect(replayMemory(broken)).rejects.toMatchObject(invalid);
  writeFileSync(broken, "{}");
  await expect(replayMemory(broken)).rejects.toMatchObject(invalid);
  await expect(replayMemory(folder)).rejects.toMatchObject({ code: "file-is-folder" });
  await expect(replayMemory(join(folder, "none"))).rejects.toMatchObject({ code: "file-not-found" });
});
