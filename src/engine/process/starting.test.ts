import { fork } from "node:child_process";
import { expect, test, vi } from "vitest";
import { Whisper } from "../whisper.js";
import { builtChild } from "./testing/odd-child.js";
import {
  cpu,
  errorOf,
  expectTheSame,
  kill,
  loadOwn,
  options,
  own,
  path,
  recordings,
  setUp,
} from "./testing/own-process.js";

vi.mock("./entry.js", () => import("./testing/chosen-entry.js"));
vi.mock("node:child_process", { spy: true });

setUp();

test("a process that is neither the same nor its own is refused", async () => {
  const wrong = Whisper.load(path, { ...cpu, process: "other" as "own" });
  expect(await errorOf(wrong)).toMatchObject({ code: "option-invalid" });
});

test("where no process can be started, that is what the error says; later it is tried again", async () => {
  const failing = Object.assign(new Error("spawn EAGAIN"), { code: "EAGAIN" });
  const refuse = () => {
    throw failing;
  };
  vi.mocked(fork).mockImplementationOnce(refuse);
  const error = await errorOf(Whisper.load(path, own));
  expect(error).toMatchObject({ code: "process-failed", cause: failing });
  expect(error.message).toContain("EAGAIN");

  const { whisper, notes } = await loadOwn();
  kill();
  await vi.waitFor(() => expect(notes).toHaveLength(1), 10_000);
  vi.mocked(fork).mockImplementationOnce(refuse);
  expect(await errorOf(whisper.transcribe(recordings[2]!, options))).toMatchObject({
    code: "process-failed",
  });
  await expectTheSame(whisper, 2);
  await whisper.dispose();
});

test("in Electron, the process is told to be Node", async () => {
  Object.defineProperty(process.versions, "electron", { value: "40.0.0", configurable: true });
  try {
    const { whisper } = await loadOwn();
    await whisper.dispose();
    expect(vi.mocked(fork).mock.lastCall).toMatchObject([
      builtChild,
      [],
      { env: { ELECTRON_RUN_AS_NODE: "1" } },
    ]);
  } finally {
    Reflect.deleteProperty(process.versions, "electron");
  }
});

test.each(["SIGINT", "SIGTERM"] as const)("%s is for the parent", async (signal) => {
  const { whisper, notes } = await loadOwn();
  kill(signal);
  await expectTheSame(whisper, 2);
  expect(notes).toEqual([]);
  await whisper.dispose();
});
