import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { atEncoding, builtChild, oddChild } from "./testing/odd-child.js";
import { folder, isThere, options, own, path, setUp } from "./testing/own-process.js";

vi.mock("./entry.js", () => import("./testing/chosen-entry.js"));
vi.mock("node:child_process", { spy: true });

setUp();

describe("a program that uses it", () => {
  /** Runs a program with the built package; returns what it printed, its process ids first. */
  async function run(name: string, body: string, childBody = "") {
    const script = join(folder, `${name}.mjs`);
    const child = childBody ? oddChild(folder, `${name} child`, childBody).href : builtChild.href;
    writeFileSync(
      script,
      `import childProcess from "node:child_process";
      import { syncBuiltinESMExports } from "node:module";
      import { writeFileSync } from "node:fs";
      const { fork } = childProcess;
      childProcess.fork = (entry, args, options) => {
        const child = fork(new URL(${JSON.stringify(child)}), args, options);
        writeFileSync(${JSON.stringify(`${script}.pid`)}, String(child.pid));
        return child;
      };
      syncBuiltinESMExports();
      const { Whisper } = await import(${JSON.stringify(new URL("../../index.js", builtChild).href)});
      const whisper = await Whisper.load(${JSON.stringify(path)}, ${JSON.stringify(own)});
      const samples = new Float32Array(16000 * 200).fill(0.1);
      const options = ${JSON.stringify(options)};
      ${body}`,
    );
    const { spawn } = await vi.importActual<typeof import("node:child_process")>("node:child_process");
    const program = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "pipe"] });
    const texts = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      program[stream].setEncoding("utf8").on("data", (text: string) => {
        texts[stream] += text;
      });
    // "exit", not "close": a child that stays would hold the pipes
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      program.once("exit", (code, signal) => resolve([code, signal])),
    );
    const pid = Number(readFileSync(`${script}.pid`, "utf8"));
    const gone = () => vi.waitFor(() => expect(isThere({ pid })).toBe(false), 10_000);
    return { ...texts, code, signal, gone };
  }

  test.each([
    ["ends by itself, without dispose()", "", [0, null]],
    [
      "exits during a transcription",
      "whisper.transcribe(samples, { ...options, onSegment: () => process.exit(3) });",
      [3, null],
    ],
    [
      "is killed",
      'whisper.transcribe(samples, { ...options, onSegment: () => process.kill(process.pid, "SIGKILL") });',
      [null, "SIGKILL"],
    ],
    [
      "crashes",
      "whisper.transcribe(samples, { ...options, onSegment: () => setTimeout(() => { throw 1; }) });",
      [1, null],
    ],
  ])("%s: no process is left behind", async (name, body, [code, signal]) => {
    const ended = await run(name, body);
    expect([ended.code, ended.signal]).toEqual([code, signal]);
    await ended.gone();
  });

  test("exits while the process hangs: that is ended too", async () => {
    const hangs = atEncoding(1, "while (true);");
    const ended = await run(
      "hang",
      "whisper.transcribe(samples, options); setTimeout(() => process.exit(4), 1500);",
      hangs,
    );
    expect(ended.code).toBe(4);
    await ended.gone();
  });

  test("finds nothing on its standard output that it did not print", async () => {
    const prints = atEncoding(1, 'console.log("from a driver");');
    const ended = await run(
      "prints",
      "console.log((await whisper.transcribe(samples.subarray(0, 16000), options)).duration);",
      prints,
    );
    expect(ended).toMatchObject({ code: 0, stdout: "1\n", stderr: expect.stringContaining("from a driver") });
    await ended.gone();
  });
});
