import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { languageCode } from "../whisper/index.js";
import { languages } from "./languages.js";
import { models } from "./models.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "models-test-"));
  vi.stubEnv("WHISPER_VULKAN_CACHE", folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("models() lists names, sizes, memory, and which are in the cache", async () => {
  const before = await models();
  expect(before.map(({ path }) => path)).toEqual(before.map(() => null));
  const path = join(folder, "ggml-tiny.bin");
  writeFileSync(path, "");
  truncateSync(path, before.find(({ name }) => name === "tiny")!.sizeBytes);
  const after = await models();
  expect(after.filter((model) => model.path !== null).map(({ name }) => name)).toEqual(["tiny"]);
  expect(after.find(({ name }) => name === "large-v3-turbo")).toEqual({
    ...{ name: "large-v3-turbo", aliases: ["turbo"], nLanguages: 100, path: null },
    ...{ nParameters: 808_878_080, sizeBytes: 1_624_555_275, memoryBytes: expect.any(Number) },
  });
  for (const { memoryBytes, sizeBytes } of after) {
    expect(memoryBytes).toBeGreaterThan(sizeBytes * 0.9);
    expect(memoryBytes).toBeLessThan(sizeBytes * 2);
  }
});

test("languages() lists the languages of a model", async () => {
  expect(languages("base.en")).toEqual([{ code: "en", name: "english" }]);
  expect(languages("base")).toHaveLength(99);
  expect(languages("turbo").at(-1)).toEqual({ code: "yue", name: "cantonese" });
  expect(languages()).toEqual(languages("large-v3"));
  for (const { nLanguages, name } of await models()) expect(languages(name)).toHaveLength(nLanguages);
  for (const { code, name } of languages())
    expect([languageCode(code), languageCode(name)]).toEqual([code, code]);
  expect(() => languages("bse")).toThrow(expect.objectContaining({ code: "model-unknown" }));
  expect(() => languages(5 as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
});
