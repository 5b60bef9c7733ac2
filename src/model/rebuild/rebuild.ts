import { halfToFloat } from "../../ops/half.js";
import type { ModelDimensions } from "../dimensions.js";
import { encodeHeader, encodeTensorHeader } from "../ggml/encode.js";
import { expectedTensors, product } from "../ggml/layout.js";
import type { Ctranslate2File } from "./ctranslate2-file.js";
import { melFilters } from "./mel-filters.js";
import { sourceOf } from "./variable-names.js";

const pieceSizeBytes = 1 << 18;

/**
 * The bytes of the official F16 ggml file, made from a CTranslate2 float16 model, piece by piece: 16-bit
 * weights are copied, everything else is widened to f32. A piece is valid until the next one is asked for.
 * vocabulary: the file's text tokens as bytes by id.
 * @throws WhisperVulkanError "model-invalid" where the model isn't of these dimensions
 */
export async function* rebuildGgml(
  model: Ctranslate2File,
  dimensions: ModelDimensions,
  vocabulary: readonly Uint8Array[],
): AsyncGenerator<Uint8Array> {
  yield encodeHeader(dimensions, "f16", melFilters(dimensions.nMels), vocabulary);
  const buffer = new Uint8Array(pieceSizeBytes);
  for (const { name, shape, kind } of expectedTensors(dimensions)) {
    const type = kind === "weight" ? "f16" : "f32";
    yield encodeTensorHeader(name, shape, type);
    const source = sourceOf(name);
    const elements = product(shape);
    const variable = model.variable(source.variable, elements * source.count);
    for (let done = 0; done < 2 * elements; done += pieceSizeBytes) {
      const piece = buffer.subarray(0, Math.min(pieceSizeBytes, 2 * elements - done));
      await model.read(variable, 2 * elements * source.index + done, piece);
      yield type === "f16" ? piece : widenHalves(piece);
    }
  }
}

/** Little-endian f16 values as little-endian f32 values. */
function widenHalves(halves: Uint8Array): Uint8Array {
  const from = new DataView(halves.buffer, halves.byteOffset, halves.byteLength);
  const widened = new Uint8Array(2 * halves.byteLength);
  const to = new DataView(widened.buffer);
  for (let offset = 0; offset < halves.byteLength; offset += 2) {
    to.setFloat32(2 * offset, halfToFloat(from.getUint16(offset, true)), true);
  }
  return widened;
}
