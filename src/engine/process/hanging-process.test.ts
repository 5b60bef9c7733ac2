import { beforeEach, describe, expect, test, vi } from "vitest";
import { WhisperVulkanError } from "../../errors.js";
import { limits } from "./limits.js";
import { useChild } from "./testing/chosen-entry.js";
import { atEncoding, oddChild } from "./testing/odd-child.js";
import {
  children,
  errorOf,
  expectTheSame,
  folder,
  isThere,
  kill,
  loadOwn,
  options,
  recordings,
  setUp,
} from "./testing/own-process.js";

vi.mock("./entry.js", () => import("./testing/chosen-entry.js"));
vi.mock("node:child_process", { spy: true });

setUp();

describe("a process that hangs", () => {
  beforeEach(() => void Object.assign(limits, { stepFloorMs: 3000, stepFactor: 0, loadingMs: 20_000 }));

  test("altogether: it is killed and the text is right", async () => {
    const { whisper, notes } = await loadOwn();
    let stopped = false;
    await expectTheSame(whisper, 0, () => {
      if (!stopped) kill("SIGSTOP");
      stopped = true;
    });
    expect(notes[0]).toMatch(/gave no sign of life for \d+ s; a new process continues/);
    await whisper.dispose();
    expect(children().filter(isThere)).toEqual([]);
  });

  test("in a step, while its event loop is alive", async () => {
    useChild(oddChild(folder, "hangs", atEncoding(2, "if (once()) await new Promise(() => {});")));
    const { whisper, notes } = await loadOwn();
    await expectTheSame(whisper, 0);
    expect(notes[0]).toMatch(/gave no sign of life/);
    await whisper.dispose();
  });

  test("does not delay dispose()", async () => {
    limits.disposeMs = 300;
    const { whisper } = await loadOwn();
    const broken = errorOf(
      whisper.transcribe(recordings[0]!, {
        ...options,
        onSegment: () => {
          kill("SIGSTOP");
          void whisper.dispose();
        },
      }),
    );
    expect(await broken).toMatchObject({ code: "disposed" });
    await whisper.dispose();
    expect(children().filter(isThere)).toEqual([]);
  });
});

test.each([
  ["thrown", 'setTimeout(() => { throw new TypeError("a bug"); }); await new Promise(() => {});'],
  ["rejected", 'void Promise.reject(new TypeError("a bug")); await new Promise(() => {});'],
  ["thrown in a step", 'throw new TypeError("a bug");'],
])("an unexpected error (%s) arrives as a typed error; the next transcription works", async (how, code) => {
  useChild(oddChild(folder, `bug ${how}`, atEncoding(1, `if (once()) { ${code} }`)));
  const { whisper, notes } = await loadOwn();
  const error = await errorOf(whisper.transcribe(recordings[2]!, options));
  expect(error).toBeInstanceOf(WhisperVulkanError);
  expect(error).toMatchObject({ code: "internal", message: "TypeError: a bug" });
  expect(error.cause).toContain("at "); // the stack
  await expectTheSame(whisper, 2);
  expect(notes).toEqual([]);
  await whisper.dispose();
});
