import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/whisper-vulkan", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-cli-"));
  for (const name of ["a", "b", "out"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "magic.bin"), "this is no model file");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cli(...args: string[]) {
  return spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: "utf8", input: "" });
}

describe("bad input that needs no model", () => {
  test.each([
    ["unknown model, with the nearest names", ["-m", "basee", "x.wav"], 2, /"basee".*\bbase\b/],
    ["no such model file", ["-m", "./none.bin", "x.wav"], 1, /none\.bin/],
    ["no model file", ["-m", "./magic.bin", "x.wav"], 1, /magic\.bin.*not a ggml model/],
    ["unknown format", ["-f", "docx", "x.wav"], 2, /"docx".*srt/],
    ["unknown language", ["-l", "klingon", "x.wav"], 2, /"klingon"/],
    ["unknown task", ["-t", "sing", "x.wav"], 2, /"sing".*translate/],
    ["temperature that is no number", ["--temperature", "warm", "x.wav"], 2, /temperature/],
    ["no such output folder", ["-o", "nowhere/", "x.wav"], 1, /nowhere/],
    ["two results, one file", ["-f", "srt,txt", "-o", "one.srt", "x.wav"], 2, /one\.srt/],
    ["two inputs of one name", ["-f", "txt", "-o", "out", "a/x.wav", "b/x.wav"], 2, /x\.txt.*overwritten/],
    ["a result over its recording", ["-o", "x.wav", "x.wav"], 2, /x\.wav.*overwritten/],
    ["unknown model to pull", ["pull", "nosuch"], 2, /"nosuch"/],
  ])("%s", (_what, args, exitCode, line) => {
    const { status, stdout, stderr } = cli(...args);
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(status).toBe(exitCode);
    expect(readdirSync(join(folder, "out"))).toEqual([]);
  });

  test("unknown option and missing file are usage errors", () => {
    expect(cli("--nope", "x.wav").status).toBe(2);
    expect(cli().status).toBe(2);
  });
});
