import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FileLock } from "./cache/lock.js";
import { removeModel } from "./remove-model.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "remove-model-test-"));
  vi.stubEnv("WHISPER_VULKAN_CACHE", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("removeModel()", () => {
  test("removes the file and all that belongs to it, and nothing else", async () => {
    const path = join(folder, "ggml-large-v3-turbo.bin");
    for (const end of ["", ".sha1.json", ".part", ".part.etag"]) writeFileSync(path + end, "x");
    mkdirSync(`${path}.rebuild`);
    writeFileSync(join(folder, "ggml-tiny.bin"), "x");
    expect(await removeModel("turbo")).toBe(true);
    expect(readdirSync(folder)).toEqual(["ggml-tiny.bin"]);
    expect(await removeModel("turbo")).toBe(false);
  });

  test("removes what a pull that was stopped left", async () => {
    writeFileSync(join(folder, "ggml-tiny.bin.part"), "x");
    expect(await removeModel("tiny")).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("waits for a pull that is under way", async () => {
    const path = join(folder, "ggml-tiny.bin");
    writeFileSync(path, "x");
    const lock = await FileLock.acquire(`${path}.lock`, undefined, () => {});
    const removed = removeModel("tiny");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(existsSync(path)).toBe(true);
    await lock.release();
    expect(await removed).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("makes no cache folder where there is none", async () => {
    vi.stubEnv("WHISPER_VULKAN_CACHE", join(folder, "none"));
    expect(await removeModel("tiny")).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("says when the cache can't be written", async () => {
    const path = join(folder, "ggml-tiny.bin");
    mkdirSync(path); // a folder in the file's place must not be removed
    await expect(removeModel("tiny")).rejects.toMatchObject({ code: "cache-not-writable" });
    expect(readdirSync(folder)).toEqual(["ggml-tiny.bin"]);
  });

  test("takes only models of the catalogue: no file of the user's", async () => {
    const own = join(folder, "own.bin");
    writeFileSync(own, "x");
    await expect(removeModel(own)).rejects.toMatchObject({ code: "model-unknown" });
    expect(existsSync(own)).toBe(true);
  });
});
