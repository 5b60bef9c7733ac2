import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { int16, sine, wav } from "../src/audio/cases.js";
import { cardNames } from "../src/memory/simulate/index.js";
import { catalogue } from "../src/model/index.js";
import { bin, cli, start, writeModel } from "./command-line.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-cli-"));
  mkdirSync(join(folder, "cache"));
  writeModel(join(folder, "model.bin"));
  const tone = (seconds: number) => wav(int16(sine(440, 16000, seconds * 16000)));
  writeFileSync(join(folder, "one.wav"), tone(1));
  writeFileSync(join(folder, "two.wav"), tone(2));
  writeFileSync(join(folder, "long.wav"), wav(new Uint8Array(20 * 60 * 32000)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(join(folder, "out"), { recursive: true, force: true }));

/** The small model's text would trigger every fallback. */
const model = ["-m", "model.bin", "-l", "en", "--temperature", "0"];
const run = (...args: string[]) =>
  cli(args, { cwd: folder, env: { WHISPER_VULKAN_CACHE: join(folder, "cache") } });

describe("results", () => {
  test("go to the screen with their times, everything else to standard error", async () => {
    const { status, stdout, stderr } = await run(...model, "one.wav");
    // the toy model says any bytes, line feeds among them, and each segment is a line all the same
    expect(stdout).toMatch(/^(\[\d\d:\d\d\.\d{3} --> \d\d:\d\d\.\d{3}\] .+\n)+$/);
    const [device, memory, summary] = stderr.split("\n");
    expect(device).toMatch(/^built-in CPU backend, \d threads? /);
    expect(memory).toMatch(/^[\d.]+ MiB: weights, caches and scratch, in system memory$/);
    expect(summary).toMatch(/^one\.wav: 1\.0 s, English, in \d+\.\d s, real-time factor \d+\.\d\d$/);
    expect(status).toBe(0);
  });

  test("are JSON and nothing else with --format json --output -", async () => {
    const { status, stdout, stderr } = await run(
      ...model,
      "one.wav",
      "-q",
      "--format",
      "json",
      "--output",
      "-",
    );
    expect(JSON.parse(stdout)).toMatchObject({ task: "transcribe", language: "english", duration: 1 });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("of several inputs go into a folder, made if need be, under the inputs' names", async () => {
    const { status, stdout } = await run(...model, "one.wav", "two.wav", "-f", "srt,json", "-o", "out/");
    expect(stdout).toBe("");
    expect(status).toBe(0);
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["one.json", "one.srt", "two.json", "two.srt"]);
    expect(JSON.parse(readFileSync(join(folder, "out/two.json"), "utf8"))).toMatchObject({ duration: 2 });
  });

  test("of standard input are the same as those of the file", async () => {
    const args = ["transcribe", ...model, "-q", "-f", "json", "-o", "-"];
    const { child, ended } = start([...args, "-"], { cwd: folder });
    child.stdin.end(readFileSync(join(folder, "one.wav")));
    const [piped, named] = await Promise.all([ended, run(...args, "one.wav")]);
    expect(JSON.parse(piped.stdout)).toEqual(JSON.parse(named.stdout));
  });

  test("of a file: address are written beside the file", async () => {
    const copy = join(folder, "a copy.wav");
    copyFileSync(join(folder, "one.wav"), copy);
    const { status, stderr } = await run(...model, "-q", pathToFileURL(copy).href, "-f", "json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(readFileSync(join(folder, "a copy.json"), "utf8"))).toMatchObject({ duration: 1 });
  });

  test("go where an output link leads, there already or not", async () => {
    symlinkSync("linked.json", join(folder, "link.json"));
    for (let i = 0; i < 2; i++) {
      expect((await run(...model, "-q", "one.wav", "-o", "link.json", "--overwrite")).status).toBe(0);
      expect(lstatSync(join(folder, "link.json")).isSymbolicLink()).toBe(true);
      expect(JSON.parse(readFileSync(join(folder, "linked.json"), "utf8"))).toMatchObject({ duration: 1 });
    }
  });

  test("that are no longer read don't hide a failed recording", async () => {
    const { child, ended } = start([...model, "none.wav", "one.wav"], { cwd: folder });
    child.stdout.destroy();
    expect((await ended).status).toBe(1);
  });

  test("that can't be written are one clear line", async () => {
    const { status, stdout, stderr } = await run(...model, "-q", "one.wav", "-o", "/dev/full");
    expect(stderr).toMatch(/^whisper-vulkan: No room left to write \/dev\/full\. [^\n]+\n$/);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });
});

describe("what is written to", () => {
  /** Runs with standard output or standard error led elsewhere by a shell. */
  const redirected = (redirection: string) => {
    const words = [process.execPath, bin, ...model, "one.wav", "-f", "json", "-o", "-"].map(
      (word) => `'${word}'`,
    );
    const env = { ...process.env, WHISPER_VULKAN_DEVICE: "cpu" };
    return spawnSync("bash", ["-c", `${words.join(" ")} ${redirection}`], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
  };

  test("is full: one clear line", ({ skip }) => {
    if (!existsSync("/dev/full")) skip("there is no full device here");
    const { status, stderr } = redirected(">/dev/full");
    expect(stderr).toMatch(/^whisper-vulkan: No room left to write standard output\. [^\n]+$/m);
    expect(status).toBe(1);
  });

  test("is closed: nobody reads the notes, and the result is whole", ({ skip }) => {
    if (process.platform === "win32") skip("there is no bash here");
    for (const closed of ["2>&-", "2> >(true)"]) {
      const { status, stdout } = redirected(closed);
      expect(JSON.parse(stdout)).toMatchObject({ duration: 1 });
      expect(status).toBe(0);
    }
  });
});

describe("memory", () => {
  const memory = (...args: string[]) => cli(["memory", ...args]);

  test("--list-cards names the cards, and needs no model", async () => {
    const { status, stdout, stderr } = await memory("--list-cards");
    expect(stdout.trimEnd().split("\n")).toEqual(cardNames());
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("--free takes one value and leaves the model alone, again or with commas", async () => {
    const card = ["--simulate", "amd-rx5700xt-windows", "--json"];
    const plans = await Promise.all([
      memory(...card, "--free", "0=64MiB", "--free", "1=1GiB", "base"),
      memory(...card, "--free", "0=64MiB,1=1GiB", "base"),
    ]);
    for (const { status, stderr } of plans) expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const { stdout } of plans) {
      const { model: name, heaps } = JSON.parse(stdout) as { model: string; heaps: { freeBytes: number }[] };
      expect(name).toBe("base");
      expect(heaps.slice(0, 2).map(({ freeBytes }) => freeBytes)).toEqual([64 * 2 ** 20, 2 ** 30]);
    }
  });
});

describe("Ctrl-C", () => {
  test.each([
    ["once", 1],
    ["twice", 2],
  ])("%s ends a long transcription and leaves no result", async (_what, times) => {
    const args = [...model, "long.wav", "-f", "txt,json", "-o", "out/"];
    const { child, texts, ended } = start(args, { cwd: folder });
    while (!texts.stderr.includes(" MiB: "))
      await new Promise((resolve) => child.stderr.once("data", resolve));
    for (let i = 0; i < times; i++) child.kill("SIGINT");
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(130);
    expect(stdout).toBe("");
    expect(stderr.split("\n").filter((line) => line.startsWith("whisper-vulkan: ")).length).toBeLessThan(2);
    expect(readdirSync(join(folder, "out"))).toEqual([]);
  });

  test("ends a run that waits for a named pipe", async ({ skip }) => {
    if (spawnSync("mkfifo", [join(folder, "pipe")]).status !== 0) skip("there are no named pipes here");
    const { child, texts, ended } = start([...model, "pipe"], { cwd: folder });
    while (!texts.stderr.includes(" MiB: "))
      await new Promise((resolve) => child.stderr.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill("SIGINT");
    const { status, stderr } = await ended;
    expect(stderr.split("\n").at(-2)).toMatch(/^whisper-vulkan: .*stopped/);
    expect(status).toBe(130);
  });
});

describe("lists", () => {
  test("models: all of the catalogue, with size, memory, languages and whether it is cached", async () => {
    writeFileSync(join(folder, "cache/ggml-base.bin"), "half a model");
    const { status, stdout, stderr } = await run("models");
    for (const { name } of catalogue)
      expect(stdout).toMatch(new RegExp(`^${name.replace(".", "\\.")}\\b`, "m"));
    expect(stdout).toMatch(/^base +141 MiB +2\d\d MiB +99 languages +no$/m);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("devices: the CPU at least, and why there is no other", async () => {
    const env = { VULKAN_LOADER: "/nonexistent/libvulkan.so.1" };
    const { status, stdout, stderr } = await cli(["devices"], { env });
    expect(stdout).toMatch(/^cpu {2}the built-in CPU backend.*<- auto\nNo Vulkan device\. VULKAN_LOADER is/);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("help: exit codes and options", async () => {
    expect((await run("--help")).stdout).toMatch(/Exit codes:\n +0 .*\n +1 .*\n +2 .*\n +130 /);
    expect((await run("transcribe", "--help")).stdout).toMatch(/--format[\s\S]*--output/);
    // the program's help has the options of its default command
    expect((await run("--help")).stdout).toMatch(/--format[\s\S]*--seed[\s\S]*\n {2}completion/);
  });
});
