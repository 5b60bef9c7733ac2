import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { floatToHalf, halfToFloat } from "../../ops/half.js";
import type { ModelDimensions } from "../dimensions.js";
import { encodeHeader, encodeTensorHeader } from "../ggml/encode.js";
import { expectedTensors, product } from "../ggml/layout.js";
import { melFilters } from "../rebuild/mel-filters.js";
import type { PackagedModel } from "../rebuild/packages.js";
import { sourceOf } from "../rebuild/variable-names.js";

export const packaged: PackagedModel = {
  packages: [
    { name: "part-1", version: "1.0", sizeBytes: 1000 },
    { name: "part-2", version: "1.0", sizeBytes: 1000 },
  ],
  modelParts: [
    { package: 0, path: "one/model.bin.part1" },
    { package: 1, path: "two/model.bin.part2" },
  ],
  vocabulary: { package: 1, path: "two/vocabulary.json" },
};

/** Every token is its number; the first is the byte 0 in GPT-2's spelling. */
const tokens = Array.from({ length: 50_300 }, (_, id) => (id === 0 ? "\u0100" : `${id}`));

/** A value for each element of each variable: stacked ones give query, key and value different numbers. */
const valueAt = (variable: string, index: number) => floatToHalf(((index + variable.length) % 997) / 64 - 7);

/** The ggml file that a rebuild must give, made from the values rather than from the CTranslate2 file. */
export function expectedGgml(dimensions: ModelDimensions): Buffer {
  const vocabulary = tokens
    .slice(0, 50_257)
    .map((token, id) => Buffer.from(id === 0 ? "\0" : id === 50_256 ? "" : token));
  const pieces: Uint8Array[] = [encodeHeader(dimensions, "f16", melFilters(dimensions.nMels), vocabulary)];
  for (const { name, shape, kind } of expectedTensors(dimensions)) {
    const { variable, index } = sourceOf(name);
    const elements = product(shape);
    const data = Buffer.alloc(elements * (kind === "weight" ? 2 : 4));
    for (let element = 0; element < elements; element++) {
      const half = valueAt(variable, index * elements + element);
      if (kind === "weight") data.writeUInt16LE(half, 2 * element);
      else data.writeFloatLE(halfToFloat(half), 4 * element);
    }
    pieces.push(encodeTensorHeader(name, shape, kind === "weight" ? "f16" : "f32"), data);
  }
  return Buffer.concat(pieces);
}

/** Writes two wheels as pip would, one stored, one deflated; `damage` may change the model.bin before. */
export async function writeWheels(
  folder: string,
  dimensions: ModelDimensions,
  damage: (model: Buffer) => Buffer = (model) => model,
): Promise<void> {
  const model = damage(ctranslate2(dimensions));
  const half = Math.floor(model.byteLength / 2);
  await writeFile(
    join(folder, "part_1-1.0-py3-none-any.whl"),
    zip([
      ["one/__init__.py", Buffer.alloc(0), false],
      ["one/model.bin.part1", model.subarray(0, half), false],
    ]),
  );
  await writeFile(
    join(folder, "part_2-1.0-py3-none-any.whl"),
    zip([
      ["two/model.bin.part2", model.subarray(half), true],
      ["two/vocabulary.json", Buffer.from(JSON.stringify(tokens)), true],
    ]),
  );
}

/** A CTranslate2 model.bin with every variable that the tensors of these dimensions come from. */
function ctranslate2(dimensions: ModelDimensions): Buffer {
  const sizes = new Map<string, number>();
  for (const { name, shape } of expectedTensors(dimensions)) {
    const { variable, count } = sourceOf(name);
    sizes.set(variable, product(shape) * count);
  }
  const pieces = [u32(6), text("WhisperSpec"), u32(3), u32(sizes.size + 1)];
  // A scalar of another type, as the real files have some.
  pieces.push(text("decoder/num_heads"), Buffer.from([0, 2]), u32(2), Buffer.from([8, 0]));
  for (const [variable, elements] of sizes) {
    const data = Buffer.alloc(2 * elements);
    for (let index = 0; index < elements; index++) data.writeUInt16LE(valueAt(variable, index), 2 * index);
    pieces.push(
      text(variable),
      Buffer.from([1]),
      u32(elements),
      Buffer.from([4]),
      u32(data.byteLength),
      data,
    );
  }
  return Buffer.concat([...pieces, u32(0)]);
}

/** A zip archive: (name, content, deflated). Checksums are left 0, since the reader leaves them to the SHA-1. */
export function zip(files: readonly (readonly [string, Buffer, boolean])[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content, deflated] of files) {
    const packed = deflated ? deflateRawSync(content) : content;
    const extra = Buffer.from("extra");
    const common = Buffer.alloc(22);
    common.writeUInt16LE(deflated ? 8 : 0, 4);
    common.writeUInt32LE(packed.byteLength, 14);
    common.writeUInt32LE(content.byteLength, 18);
    const lengths = Buffer.from([name.length, 0, extra.byteLength, 0]);
    const local = Buffer.concat([u32(0x04034b50), common, lengths, Buffer.from(name), extra, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const record = [u32(0x02014b50), Buffer.from([20, 0]), common, lengths, place, Buffer.from(name), extra];
    directory.push(Buffer.concat(record));
    locals.push(local);
    offset += local.byteLength;
  }
  const end = Buffer.alloc(14);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  const directoryBytes = Buffer.concat(directory);
  const comment = Buffer.from("a comment");
  const tail = [u32(0x06054b50), end.subarray(0, 8), u32(directoryBytes.byteLength), u32(offset)];
  return Buffer.concat([...locals, directoryBytes, ...tail, Buffer.from([comment.byteLength, 0]), comment]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A string as CTranslate2 writes it. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length + 1, 0]), Buffer.from(`${value}\0`, "latin1")]);
}
