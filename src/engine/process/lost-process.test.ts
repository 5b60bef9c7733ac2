import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { modelBytes } from "../../model/testing/small-model.js";
import { toyDimensions, toyModel } from "../testing/toy-model.js";
import { Whisper } from "../whisper.js";
import { limits } from "./limits.js";
import { useChild } from "./testing/chosen-entry.js";
import { atEncoding, builtChild, oddChild, pretendGpu } from "./testing/odd-child.js";
import {
  children,
  errorOf,
  expected,
  expectTheSame,
  folder,
  isThere,
  kill,
  loadOwn,
  local,
  options,
  own,
  recordings,
  setUp,
} from "./testing/own-process.js";

vi.mock("./entry.js", () => import("./testing/chosen-entry.js"));
vi.mock("node:child_process", { spy: true });

setUp();

describe("a process that is lost", () => {
  test.each(["SIGKILL", "SIGSEGV"] as const)(
    "by %s, with several transcriptions under way: a new process continues",
    async (signal) => {
      const { whisper, notes } = await loadOwn();
      let killed = false;
      await Promise.all([
        expectTheSame(whisper, 0, () => {
          if (!killed) kill(signal);
          killed = true;
        }),
        expectTheSame(whisper, 1),
      ]);
      expect(notes).toEqual([
        `The engine's process ended (${signal}); a new process continues where it stopped`,
      ]);
      expect(children()).toHaveLength(2);
      await whisper.dispose();
      expect(children().filter(isThere)).toEqual([]);
    },
  );

  test("while idle: the next transcription finds a new one", async () => {
    const { whisper, notes } = await loadOwn();
    kill();
    await vi.waitFor(() => expect(notes).toHaveLength(1), 10_000);
    await expectTheSame(whisper, 2);
    await whisper.dispose();
  });

  test("the third time, the CPU takes over", async () => {
    useChild(oddChild(folder, "gpu", pretendGpu));
    const { whisper, notes } = await loadOwn({ device: "auto" });
    expect(whisper.device.device).toBe("Pretended GPU");
    await expectTheSame(whisper, 0, () => kill());
    await expectTheSame(whisper, 2);
    expect(whisper.device).toEqual(local.device);
    expect(notes).toEqual([
      "The engine's process ended (SIGKILL); a new process continues where it stopped",
      "The engine's process ended (SIGKILL); a new process continues where it stopped",
      "The engine's process ended (SIGKILL), the third time; the built-in CPU backend does the work from now on",
    ]);
    await whisper.dispose();
  });

  test("by a driver that always aborts in the same window: the CPU does that window", async () => {
    const aborts = atEncoding(1, "if (this.onGpu) process.abort();");
    useChild(oddChild(folder, "aborts", pretendGpu + aborts));
    const { whisper, notes } = await loadOwn({ device: "auto" });
    await expectTheSame(whisper, 1);
    expect(notes).toHaveLength(3);
    expect(notes[2]).toMatch(/SIGABRT.*CPU/);
    await whisper.dispose();
  });

  test("the third time on the CPU too: a typed error; later it works again", async () => {
    useChild(oddChild(folder, "dies", atEncoding(1, 'process.kill(process.pid, "SIGKILL");')));
    const { whisper, notes } = await loadOwn();
    const error = await errorOf(whisper.transcribe(recordings[2]!, options));
    expect(error).toMatchObject({ code: "process-failed", hint: expect.stringContaining("memory") });
    expect(error.message).toContain("SIGKILL");
    expect(notes).toHaveLength(2);
    useChild(builtChild);
    await expectTheSame(whisper, 2);
    await whisper.dispose();
  });

  test("while it loads", async () => {
    useChild(oddChild(folder, "loading", 'if (once()) process.kill(process.pid, "SIGSEGV");'));
    const { whisper, notes } = await loadOwn();
    expect(notes).toEqual(["The engine's process ended (SIGSEGV); a new process continues where it stopped"]);
    await expectTheSame(whisper, 2);
    await whisper.dispose();
  });

  test("and onNote throws: that ends what was under way, nothing else", async () => {
    const thrown = new Error("the caller's own");
    const onNote = () => {
      throw thrown;
    };
    const { whisper } = await loadOwn({ onNote });
    const broken = whisper.transcribe(recordings[0]!, { ...options, onSegment: () => kill() });
    expect(await errorOf(broken)).toBe(thrown);
    await expectTheSame(whisper, 2);
    await whisper.dispose();
  });
});

test("another model in the file's place is not taken for the same by the next process", async () => {
  const file = join(folder, "changing.bin");
  writeFileSync(file, modelBytes(toyModel()));
  const whisper = await Whisper.load(file, own);
  await whisper.release();
  writeFileSync(file, modelBytes(toyModel({ ...toyDimensions, nTextCtx: 16 })));
  expect(await errorOf(whisper.transcribe(recordings[2]!, options))).toMatchObject({ code: "model-invalid" });
  writeFileSync(file, modelBytes(toyModel()));
  await expectTheSame(whisper, 2);
  await whisper.dispose();
});

test("release() ends no window that another transcription asks for meanwhile, however long it lasts", async () => {
  // windows last longer than the time that an ending process is given
  const slow = `
    const encode = DeviceNetwork.prototype.encode;
    DeviceNetwork.prototype.encode = async function (...args) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return encode.apply(this, args);
    };`;
  useChild(oddChild(folder, "slow", slow));
  limits.disposeMs = 50;
  const { whisper } = await loadOwn();
  await Promise.all([expected(0), expected(1)]);
  const released: Promise<void>[] = [];
  await Promise.all([
    expectTheSame(whisper, 0, () => void (released.length || released.push(whisper.release()))),
    expectTheSame(whisper, 1),
  ]);
  await Promise.all(released);
  await whisper.release();
  expect(children().some(isThere)).toBe(false);
  await whisper.dispose();
});

test("release() ends the process after the windows asked for; the next transcription starts another", async () => {
  const { whisper, notes } = await loadOwn();
  await Promise.all([expectTheSame(whisper, 1), whisper.release()]);
  await whisper.release();
  expect(children().some(isThere)).toBe(false);
  expect(whisper.memory()).toEqual([]);
  await expectTheSame(whisper, 0);
  expect(children().filter(isThere)).toHaveLength(1);
  expect(notes).toEqual([]);
  expect(whisper.memory()).not.toEqual([]);
  await whisper.dispose();
  expect(whisper.memory()).toEqual([]);
});
