import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noise } from "../audio/cases.js";
import { openVulkan } from "../backend/vulkan/index.js";
import type { CountedTables } from "../backend/vulkan/simulate/index.js";
import { mockTables, referenceKernels } from "../backend/vulkan/simulate/mock/index.js";
import { noResizableBar, unified } from "../backend/vulkan/simulate/testing/cards.js";
import { nothingLeft } from "../backend/vulkan/simulate/testing/nothing-left.js";
import { WhisperVulkanError } from "../errors.js";
import { modelBytes } from "../model/testing/small-model.js";
import type { Segment, TranscribeOptions } from "../whisper/index.js";
import type { LocalEngineOptions } from "./local-engine.js";
import { toyDimensions, toyModel } from "./testing/toy-model.js";
import { Whisper } from "./whisper.js";

const folder = mkdtempSync(join(tmpdir(), "local-engine-"));
const path = join(folder, "toy.bin");
const options: TranscribeOptions = { language: "en", temperature: 0, noSpeechThreshold: null };
/** Three windows, and two of something else. */
const recordings = [noise(16_000 * 65), noise(16_000 * 40, 7)];
const mock = (tables: CountedTables) => openVulkan("0", { kernels: referenceKernels, maxFlops: 1e8 }, tables);

let expected: Awaited<ReturnType<Whisper["transcribe"]>>[];
/** Submissions of loading and of one window. */
let atLoad: number;
let aWindow: number;
beforeAll(async () => {
  const dimensions = { ...toyDimensions, nTextCtx: 32, nAudioState: 16, nTextState: 16 };
  writeFileSync(path, modelBytes(toyModel(dimensions)));
  const tables = mockTables(noResizableBar);
  const nSubmits = () => tables.counts().calls.vkQueueSubmit!;
  await using whisper = await load({ openDevice: () => mock(tables) });
  atLoad = nSubmits();
  expected = [];
  for (const samples of recordings) expected.push(await whisper.transcribe(samples, options));
  aWindow = (nSubmits() - atLoad) / 5;
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(more: Partial<LocalEngineOptions>): Promise<Whisper> {
  return Whisper.load(path, { threads: 1, ...more } as LocalEngineOptions);
}

describe("a device that is lost", () => {
  test.each([
    ["in the second window", 1.5],
    ["while the weights are uploaded", -0.5],
  ])("%s: every segment comes once, of all who ask, and a note says so", async (_, windows) => {
    const nth = Math.floor(windows < 0 ? atLoad / 2 : atLoad + windows * aWindow);
    const tables = mockTables(noResizableBar, { fail: { call: "vkQueueSubmit", nth, code: -4 } });
    const notes: string[] = [];
    const whisper = await load({ openDevice: () => mock(tables), onNote: (note) => notes.push(note) });
    const told: Segment[][] = recordings.map(() => []);
    const results = await Promise.all(
      recordings.map((samples, i) =>
        whisper.transcribe(samples, { ...options, onSegment: (segment) => void told[i]!.push(segment) }),
      ),
    );
    expect(results).toEqual(expected);
    expect(told).toEqual(expected.map(({ segments }) => segments));
    expect(notes).toEqual([
      "The GPU stopped working (vkQueueSubmit: VK_ERROR_DEVICE_LOST (-4)); the device is opened again and continues where it stopped",
    ]);
    await whisper.dispose();
    expect(nothingLeft(tables)).toBe(true);
  });

  test("three times in a minute: the CPU takes over", async () => {
    const fail = { call: "vkQueueSubmit", nth: Math.floor(atLoad + 1.5 * aWindow), code: -2, always: true };
    const tables = mockTables(noResizableBar, { fail });
    const notes: string[] = [];
    await using whisper = await load({
      openDevice: (onCpu) => mock(onCpu ? mockTables(unified) : tables),
      onNote: (note) => notes.push(note),
    });
    expect(await whisper.transcribe(recordings[0]!, options)).toEqual(expected[0]);
    expect(notes.map((note) => note.replace(/^.*?; /, ""))).toEqual([
      "the device is opened again and continues where it stopped",
      "the device is opened again and continues where it stopped",
      "the built-in CPU backend does the work",
    ]);
    expect(notes[2]).toContain("the third time");
    expect(nothingLeft(tables)).toBe(true);
  });

  test("and gone for good: the CPU takes over", async () => {
    let nth = 0;
    const lost = { call: "vkQueueSubmit", nth: Math.floor(atLoad + 0.5 * aWindow), code: -4 };
    await using whisper = await load({
      openDevice: async (onCpu) => {
        if (onCpu) return mock(mockTables(unified));
        if (nth++ > 0) throw new WhisperVulkanError("device-unknown", "no device 1");
        return mock(mockTables(noResizableBar, { fail: lost }));
      },
    });
    expect(await whisper.transcribe(recordings[0]!, options)).toEqual(expected[0]);
    expect(nth).toBe(3);
  });

  test("no other error is handled in this way", async () => {
    const fail = { call: "vkCreateComputePipelines", nth: 0, code: -1000012000 };
    const tables = mockTables(noResizableBar, { fail });
    await using whisper = await load({ openDevice: () => mock(tables) });
    await expect(whisper.transcribe(recordings[0]!, options)).rejects.toMatchObject({
      code: "vulkan-call-failed",
    });
    expect(await whisper.transcribe(recordings[1]!, options)).toEqual(expected[1]);
  });
});

describe("an onNote that throws", () => {
  const onNote = () => {
    throw new Error("not now");
  };

  test("at loading: nothing is left", async () => {
    const [vram, ...others] = noResizableBar.heaps;
    const full = { ...noResizableBar, heaps: [{ ...vram!, usageBytes: vram!.sizeBytes }, ...others] };
    const tables = mockTables(full);
    await expect(load({ openDevice: () => mock(tables), onNote })).rejects.toThrow("not now");
    expect(nothingLeft(tables)).toBe(true);
  });

  test("at a loss: the lost device is given back, and the next one who asks has another", async () => {
    const fail = { call: "vkQueueSubmit", nth: Math.floor(atLoad + 0.5 * aWindow), code: -4, always: true };
    const tables = mockTables(noResizableBar, { fail });
    let nOpened = 0;
    const openDevice = () => mock(nOpened++ === 0 ? tables : mockTables(noResizableBar));
    await using whisper = await load({ openDevice, onNote });
    await expect(whisper.transcribe(recordings[1]!, options)).rejects.toThrow("not now");
    expect(nothingLeft(tables)).toBe(true);
    expect(await whisper.transcribe(recordings[1]!, options)).toEqual(expected[1]);
  });
});

test("a device that is lost while the caller stops: the transcription ends as stopped", async () => {
  const fail = { call: "vkQueueSubmit", nth: Math.floor(atLoad + 1.5 * aWindow), code: -4 };
  const tables = mockTables(noResizableBar, { fail });
  const stop = new AbortController();
  const openDevice = () => {
    const watched = { ...tables };
    const { device } = tables;
    watched.device = (instance, handle) => {
      const vk = device(instance, handle);
      const { vkQueueSubmit } = vk;
      return Object.assign(vk, {
        vkQueueSubmit: (...parameters: Parameters<typeof vkQueueSubmit>) => {
          const result = vkQueueSubmit(...parameters);
          if (result !== 0) stop.abort();
          return result;
        },
      });
    };
    return mock(watched);
  };
  await using whisper = await load({ openDevice });
  await expect(whisper.transcribe(recordings[0]!, { ...options, signal: stop.signal })).rejects.toMatchObject(
    { code: "aborted" },
  );
  expect(await whisper.transcribe(recordings[1]!, options)).toEqual(expected[1]);
});

test("another model in the file's place is not taken for the same when the device is opened again", async () => {
  const file = join(folder, "changing.bin");
  const narrow = { ...toyDimensions, nTextCtx: 32, nAudioState: 16, nTextState: 16 };
  writeFileSync(file, modelBytes(toyModel(narrow)));
  const openDevice = () => mock(mockTables(noResizableBar));
  await using whisper = await Whisper.load(file, { threads: 1, openDevice } as LocalEngineOptions);
  await whisper.release();
  writeFileSync(file, modelBytes(toyModel({ ...narrow, nTextCtx: 16 })));
  await expect(whisper.transcribe(recordings[1]!, options)).rejects.toMatchObject({ code: "model-invalid" });
  writeFileSync(file, modelBytes(toyModel(narrow)));
  expect(await whisper.transcribe(recordings[1]!, options)).toEqual(expected[1]);
});

describe("memory", () => {
  test("is taken at loading and never after, however long the recording", async () => {
    const tables = mockTables(noResizableBar);
    await using whisper = await load({ openDevice: () => mock(tables) });
    const { allocations } = tables.counts();
    await whisper.transcribe(recordings[0]!, options);
    await whisper.transcribe(recordings[1]!, { ...options, temperature: [0, 0.4], language: "auto" });
    expect(tables.counts().allocations).toBe(allocations);
  });

  test("is given back by release(), and taken again", async () => {
    const tables = mockTables(noResizableBar);
    const whisper = await load({ openDevice: () => mock(tables) });
    const [first] = await Promise.all([whisper.transcribe(recordings[1]!, options), whisper.release()]);
    expect(first).toEqual(expected[1]);
    await whisper.release();
    expect(nothingLeft(tables)).toBe(true);
    expect(whisper.memory()).toEqual([]);
    expect(whisper.device.kind).toBe("vulkan");
    expect(await whisper.transcribe(recordings[0]!, options)).toEqual(expected[0]);
    expect(whisper.memory().length).toBeGreaterThan(0);
    await whisper.dispose();
    expect(nothingLeft(tables)).toBe(true);
    await expect(whisper.release()).rejects.toMatchObject({ code: "disposed" });
  });

  test("is given back when nothing happens for releaseAfterMs", async () => {
    const tables = mockTables(noResizableBar);
    const idle = { releaseAfterMs: 1 } as object;
    await using whisper = await load({ openDevice: () => mock(tables), ...idle });
    await whisper.transcribe(recordings[1]!, options);
    while (tables.counts().handles.memory > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await whisper.transcribe(recordings[1]!, options)).toEqual(expected[1]);
    await expect(load({ ...({ releaseAfterMs: -1 } as object) })).rejects.toMatchObject({
      code: "option-invalid",
    });
  });
});
