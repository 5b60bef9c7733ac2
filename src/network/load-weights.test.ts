import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Storage } from "../backend/backend.js";
import { openModel } from "../model/index.js";
import { modelBytes, smallDimensions, smallModel } from "../model/testing/small-model.js";
import { tensorSizeBytes } from "../ops/tensor.js";
import { loadWeights } from "./load-weights.js";
import { describeWeights } from "./tensors.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "whisper-vulkan-"));
  await writeFile(join(folder, "small.bin"), modelBytes(smallModel()));
});
afterAll(() => rm(folder, { recursive: true }));

const { sources } = describeWeights(smallDimensions, "f16");

/** Loads the small model and answers what was written, by tensor. */
async function load(signal?: AbortSignal): Promise<Map<string, Uint8Array>> {
  const written = new Map<string, Uint8Array>();
  const storage = {
    write: async (tensor, offsetBytes, data) => {
      const bytes = written.get(tensor.name) ?? new Uint8Array(tensorSizeBytes(tensor)).fill(0xee);
      bytes.set(data, offsetBytes);
      written.set(tensor.name, bytes);
    },
  } as Storage;
  const model = await openModel(join(folder, "small.bin"));
  try {
    await loadWeights(model, sources, storage, () => {}, signal);
  } finally {
    await model.close();
  }
  return written;
}

it("fills every weight; query, key and value are stacked, with zeros for the key's bias", async () => {
  const written = await load();
  expect([...written.keys()]).toEqual(sources.map(({ tensor }) => tensor.name));
  const { tensors } = smallModel();
  const stored = (name: string) => tensors.find((tensor) => tensor.name === name)!.data;
  const block = "decoder.blocks.0.attn";
  expect(Buffer.from(written.get(`${block}.qkv.bias`)!)).toEqual(
    Buffer.concat([stored(`${block}.query.bias`), Buffer.alloc(8 * 4), stored(`${block}.value.bias`)]),
  );
  const weights = ["query", "key", "value"].map((name) => stored(`${block}.${name}.weight`));
  expect(Buffer.from(written.get(`${block}.qkv.weight`)!)).toEqual(Buffer.concat(weights));
});

it("moves the taps of a convolution outward", async () => {
  const stored = smallModel().tensors.find(({ name }) => name === "encoder.conv1.weight")!;
  const [nOut, nIn, nTaps] = stored.shape as [number, number, number];
  const before = new Uint16Array(stored.data.slice().buffer);
  const after = new Uint16Array((await load()).get("encoder.conv1.weight")!.buffer);
  for (let o = 0; o < nOut; o++)
    for (let i = 0; i < nIn; i++)
      for (let t = 0; t < nTaps; t++)
        expect(after[(o * nTaps + t) * nIn + i]).toBe(before[(o * nIn + i) * nTaps + t]);
});

it("stops with a typed error", async () => {
  await expect(load(AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
});
