import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testDevice } from "../../../test/validation.js";
import { noise } from "../../audio/cases.js";
import { modelBytes } from "../../model/testing/small-model.js";
import { toyModel } from "../testing/toy-model.js";
import { Whisper } from "../whisper.js";

vi.mock("./entry.js", async () => {
  const { builtChild } = await import("./testing/odd-child.js");
  return { childEntry: builtChild };
});
vi.mock("node:child_process", { spy: true });

const folder = mkdtempSync(join(tmpdir(), "own-process-test-"));
const path = join(folder, "toy.bin");
const options = { language: "en", temperature: 0, noSpeechThreshold: null };
/** Two windows, which software does in seconds. */
const samples = noise(16_000 * 31);

beforeAll(() => writeFileSync(path, modelBytes(toyModel())));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!testDevice)("a Vulkan device in a process of its own", () => {
  it("gives the same text as in this one, also when the process is killed midway", async () => {
    await using local = await Whisper.load(path, { device: testDevice! });
    const expected = await local.transcribe(samples, options);
    expect(expected.segments.length).toBeGreaterThan(1);
    const notes: string[] = [];
    await using own = await Whisper.load(path, {
      ...{ device: testDevice!, process: "own", onNote: (note) => notes.push(note) },
    });
    expect(own.device).toEqual(local.device);
    expect(own.device.kind).toBe("vulkan");
    expect(own.memory()).toEqual(local.memory());
    let killed = false;
    const result = await own.transcribe(samples, {
      ...options,
      onSegment: () => {
        if (!killed) vi.mocked(fork).mock.results.at(-1)!.value.kill("SIGKILL");
        killed = true;
      },
    });
    expect(result).toEqual(expected);
    expect(notes).toEqual(["The engine's process ended (SIGKILL); a new process continues where it stopped"]);
    expect(own.device).toEqual(local.device);
  });
});
