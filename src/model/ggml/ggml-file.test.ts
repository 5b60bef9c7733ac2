import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../../errors.js";
import { errorOf } from "../testing/errors.js";
import {
  headerOffsets,
  modelBytes,
  type SmallModel,
  smallDimensions,
  smallModel,
  tensorBytes,
  vocabularyOffset,
} from "../testing/small-model.js";
import { openModel } from "./ggml-file.js";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "whisper-vulkan-"));
  path = join(folder, "model.bin");
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  // Whatever the reason for refusing a file, it is closed again; only Linux shows that.
  if (process.platform === "linux") expect(openFiles()).not.toContain(path);
});

function openFiles(): string[] {
  return readdirSync("/proc/self/fd").map((descriptor) => {
    const link = `/proc/self/fd/${descriptor}`;
    // The listing's own descriptor is closed by now.
    return existsSync(link) ? readlinkSync(link) : "";
  });
}

describe("openModel", () => {
  it.each(["f16", "f32"] as const)("reads a sound %s file", async (type) => {
    const small = smallModel(type);
    await writeFile(path, modelBytes(small));
    const model = await openModel(path);
    expect(model).toMatchObject({ path, dimensions: smallDimensions, multilingual: false });
    expect(model.melFilters.length).toBe(4 * 201);
    expect(model.melFilters[250]).toBe(2.5);
    expect(model.vocabulary.map((token) => Buffer.from(token).toString())).toEqual(
      Array.from({ length: 12 }, (_, id) => "abcdefghijkl".slice(0, id)),
    );
    for (const { name, shape, type, data } of small.tensors) {
      const entry = model.tensors.get(name)!;
      expect(entry).toMatchObject({ shape, type, sizeBytes: data.byteLength });
      const whole = new Uint8Array(data.byteLength);
      await model.read(entry, 0, whole);
      expect(whole).toEqual(data);
      const middle = new Uint8Array(3);
      await model.read(entry, 2, middle);
      expect(middle).toEqual(data.subarray(2, 5));
    }
    await model.close();
  });

  it("knows a multilingual vocabulary by its size", async () => {
    await writeFile(path, modelBytes(smallModel("f16", { ...smallDimensions, nVocab: 51865 })));
    const model = await openModel(path);
    expect(model.multilingual).toBe(true);
    await model.close();
  });

  it("refuses reads outside a tensor and after close, and closes twice", async () => {
    await writeFile(path, modelBytes(smallModel()));
    const model = await openModel(path);
    const entry = model.tensors.get("decoder.ln.weight")!;
    expect((await errorOf(() => model.read(entry, 30, new Uint8Array(3)))).code).toBe("internal");
    await model.close();
    await model.close();
    expect((await errorOf(() => model.read(entry, 0, new Uint8Array(3)))).code).toBe("disposed");
  });

  it("says so when the file shrinks after it was opened", async () => {
    await writeFile(path, modelBytes(smallModel()));
    const model = await openModel(path);
    await writeFile(path, "");
    const entry = model.tensors.get("decoder.ln.weight")!;
    expect((await errorOf(() => model.read(entry, 0, new Uint8Array(4)))).code).toBe("model-invalid");
    await model.close();
  });

  it("tells a missing file, a folder and a device apart", async () => {
    expect((await errorOf(() => openModel(join(folder, "nothing.bin")))).code).toBe("file-not-found");
    expect((await errorOf(() => openModel(folder))).code).toBe("file-is-folder");
    if (process.platform === "linux") {
      expect((await errorOf(() => openModel("/dev/zero"))).code).toBe("file-unreadable");
    }
  });
});

/** A fault, and the words of the error it must lead to. */
type Fault = readonly [what: string, expected: string, make: (small: SmallModel) => Uint8Array];

const at = (offset: number, value: number) => (small: SmallModel) => {
  small.header.writeInt32LE(value, offset);
  return modelBytes(small);
};
const cut = (sizeBytes: number) => (small: SmallModel) => modelBytes(small).subarray(0, sizeBytes);
const edited = (edit: (small: SmallModel) => void) => (small: SmallModel) => {
  edit(small);
  return modelBytes(small);
};
const appended = (bytes: Uint8Array) => (small: SmallModel) => Buffer.concat([modelBytes(small), bytes]);
/** Overwrites the type number in the first tensor's header. */
const firstTensorType = (type: number) => (small: SmallModel) => {
  const bytes = modelBytes(small);
  bytes.writeInt32LE(type, small.header.byteLength + 8);
  return bytes;
};

const faults: readonly Fault[] = [
  ["empty", "the file is empty", () => Buffer.alloc(0)],
  ["two bytes", "ends inside the magic number", cut(2)],
  ["text", "not a ggml model file", () => Buffer.from("RIFF not a model")],
  ["gguf", "not a ggml model file", () => Buffer.from("GGUF\u0003\0\0\0")],
  ["header cut", "ends inside the header", cut(20)],
  ["no weight type", "ends inside the header", cut(headerOffsets.weightType)],
  ["zero size", "nVocab is 0", at(headerOffsets.nVocab, 0)],
  ["negative size", "nVocab is -1", at(headerOffsets.nVocab, -1)],
  ["huge size", "nVocab is 2147483647", at(headerOffsets.nVocab, 0x7fffffff)],
  ["larger than the file", "has shape", at(headerOffsets.nVocab, 1 << 20)],
  ["many layers", "nAudioLayer is 1000000", at(20, 1_000_000)],
  ["more layers than tensors", "is missing", at(20, 200)],
  ["uneven widths", "differ in width", at(headerOffsets.nTextState, 16)],
  ["heads", "does not divide", at(16, 3)],
  ["Q8_0", "quantised", at(headerOffsets.weightType, 2007)],
  ["Q5_0", "quantised", at(headerOffsets.weightType, 2008)],
  ["Q2_K", "quantised", at(headerOffsets.weightType, 10)],
  ["unknown type", "weight type is 5", at(headerOffsets.weightType, 5)],
  ["negative type", "weight type is -7", at(headerOffsets.weightType, -7)],
  ["mel rows", "mel filters are 5 x 201", at(headerOffsets.melFilters, 5)],
  ["mel columns", "mel filters are 4 x 2147483647", at(headerOffsets.melFilters + 4, 0x7fffffff)],
  ["mel NaN", "not a finite number", at(headerOffsets.melFilters + 8, 0x7fc00000)],
  ["mel cut", "ends inside the mel filters", cut(headerOffsets.melFilters + 100)],
  ["vocabulary too large", "vocabulary has 21 tokens", at(vocabularyOffset, 21)],
  ["vocabulary negative", "vocabulary has -1 tokens", at(vocabularyOffset, -1)],
  ["long token", "token 0 is 4294967295 bytes long", at(vocabularyOffset + 4, -1)],
  ["vocabulary cut", "ends inside token 1", cut(vocabularyOffset + 12)],
  ["no tensors", "missing", edited((small) => small.tensors.splice(0))],
  ["last tensor gone", "encoder.ln_post.bias is missing", edited((small) => small.tensors.pop())],
  ["two tensors gone", "and 1 more is missing", edited((small) => small.tensors.splice(3, 2))],
  [
    "last byte gone",
    "ends inside the tensor encoder.ln_post.bias",
    (small) => modelBytes(small).subarray(0, -1),
  ],
  ["doubled", "mlp_ln.weight is there twice", edited(({ tensors }) => tensors.splice(5, 0, tensors[3]!))],
  ["doubled at the end", "there twice", edited(({ tensors }) => tensors.push(tensors[3]!))],
  ["wrong shape", "shape [8,5] instead of [5,8]", edited(({ tensors }) => tensors[0]!.shape.reverse())],
  ["wrong rank", "shape [40] instead of [5,8]", edited(({ tensors }) => (tensors[0]!.shape = [40]))],
  ["negative shape", "shape [5,-8]", edited(({ tensors }) => (tensors[0]!.shape = [5, -8]))],
  [
    "strange name",
    '"decoder.what" is not a tensor',
    edited(({ tensors }) => (tensors[0]!.name = "decoder.what")),
  ],
  ["control characters", '"a\\nb" is not a tensor', edited(({ tensors }) => (tensors[0]!.name = "a\nb"))],
  [
    "a name of control characters", // which JSON writes as six characters each
    '\\…" is not a tensor',
    edited(({ tensors }) => (tensors[0]!.name = "\u0001".repeat(200))),
  ],
  ["f16 norm", "is F16 where only F32", edited(({ tensors }) => (tensors[0]!.type = "f16"))],
  ["quantised tensor", "quantised", firstTensorType(8)],
  ["unknown tensor type", "unknown type 99", firstTensorType(99)],
  ["one byte more", "1 bytes follow the last tensor", appended(Buffer.from("x"))],
  ["zeros after it", "100 bytes follow", appended(Buffer.alloc(100))],
  ["another file after it", "bytes follow", (small) => Buffer.concat([modelBytes(small), small.header])],
];

describe("a damaged model file", () => {
  it.each(faults)("%s: %s", async (_what, expected, make) => {
    await writeFile(path, make(smallModel()));
    const error = await errorOf(() => openModel(path));
    expect(error.code).toBe("model-invalid");
    expect(error.message).toContain(expected);
    expect(error.message).toMatch(/ \(at byte \d+\)\.$/);
    expect(error.message.startsWith(`${path}: `)).toBe(true);
    expect(error.message).not.toContain("\n");
    expect(error.hint).not.toBeNull();
  });

  it("names the byte where the fault is", async () => {
    const small = smallModel();
    const offset = small.header.byteLength + tensorBytes(small.tensors[0]!).byteLength;
    small.tensors[1]!.shape.reverse();
    await writeFile(path, modelBytes(small));
    expect((await errorOf(() => openModel(path))).message).toContain(`(at byte ${offset})`);
  });

  it("is opened or refused, whatever bytes are changed", async () => {
    const sound = modelBytes(smallModel());
    const change = fc.record({ offset: fc.nat(sound.byteLength - 1), byte: fc.nat(255) });
    const word = fc.record({ offset: fc.nat(vocabularyOffset + 200), value: fc.integer() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 4 }),
        fc.array(word, { maxLength: 1 }),
        fc.option(fc.nat(sound.byteLength), { freq: 3 }),
        async (changes, words, length) => {
          const bytes = Buffer.from(sound);
          for (const { offset, byte } of changes) bytes[offset] = byte;
          for (const { offset, value } of words) bytes.writeInt32LE(value, offset);
          await writeFile(path, length === null ? bytes : bytes.subarray(0, length));
          try {
            await (await openModel(path)).close();
          } catch (error) {
            if (!(error instanceof WhisperVulkanError) || error.code !== "model-invalid") throw error;
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});
