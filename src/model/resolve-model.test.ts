import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { catalogue } from "./catalogue.js";
import { listModels } from "./list-models.js";
import { resolveModel } from "./resolve-model.js";
import { errorOf } from "./testing/errors.js";

let folder: string;
const before = { folder: process.cwd(), cache: process.env.WHISPER_VULKAN_CACHE };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "whisper-vulkan-"));
  process.chdir(folder);
  process.env.WHISPER_VULKAN_CACHE = folder;
});
afterAll(async () => {
  process.chdir(before.folder);
  if (before.cache === undefined) delete process.env.WHISPER_VULKAN_CACHE;
  else process.env.WHISPER_VULKAN_CACHE = before.cache;
  await rm(folder, { recursive: true });
});

it.each(["a/base", "./base", "models\\base", "base.bin", "nowhere.bin"])("%s is a path", async (text) => {
  expect(await resolveModel(text)).toEqual({ kind: "file", path: text });
});

it("prefers a model's name to a file of that name, and takes other files as they are", async () => {
  await writeFile("base", "");
  await writeFile("mine", "");
  expect(await resolveModel("base")).toMatchObject({ kind: "catalogue", model: { name: "base" } });
  expect(await resolveModel("turbo")).toMatchObject({ kind: "catalogue", model: { name: "large-v3-turbo" } });
  expect(await resolveModel("mine")).toEqual({ kind: "file", path: "mine" });
  expect((await errorOf(() => resolveModel("yours"))).code).toBe("model-unknown");
});

it("lists all models, and as cached only whole files", async () => {
  const tiny = catalogue.find(({ name }) => name === "tiny")!;
  await writeFile("ggml-tiny.bin", "");
  await truncate("ggml-tiny.bin", tiny.sizeBytes);
  await writeFile("ggml-base.bin", "half a model");
  const listed = await listModels();
  expect(listed.map(({ name }) => name)).toEqual(catalogue.map(({ name }) => name));
  expect(listed.filter(({ cachedPath }) => cachedPath !== null)).toEqual([
    { ...tiny, cachedPath: join(folder, "ggml-tiny.bin") },
  ]);
});
