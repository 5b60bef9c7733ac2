import type { ModelDimensions } from "../dimensions.js";
import { ggmlMagic, melBins } from "./layout.js";

/** A ggml file up to its first tensor. melFilters: (nMels, 201); the vocabulary is bytes by token id. */
export function encodeHeader(
  dimensions: ModelDimensions,
  weightType: "f32" | "f16",
  melFilters: Float32Array,
  vocabulary: readonly Uint8Array[],
): Uint8Array {
  const d = dimensions;
  const audio = [d.nAudioCtx, d.nAudioState, d.nAudioHead, d.nAudioLayer];
  const text = [d.nTextCtx, d.nTextState, d.nTextHead, d.nTextLayer];
  const filters = Buffer.alloc(4 * melFilters.length);
  for (const [index, value] of melFilters.entries()) filters.writeFloatLE(value, 4 * index);
  return Buffer.concat([
    int32s([ggmlMagic, d.nVocab, ...audio, ...text, d.nMels, typeNumbers[weightType]]),
    int32s([d.nMels, melBins]),
    filters,
    encodeVocabulary(vocabulary),
  ]);
}

/** The number of tokens, then length and bytes of each. */
function encodeVocabulary(vocabulary: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.alloc(vocabulary.reduce((sum, token) => sum + 4 + token.byteLength, 4));
  let offset = bytes.writeUInt32LE(vocabulary.length, 0);
  for (const token of vocabulary) {
    offset = bytes.writeUInt32LE(token.byteLength, offset);
    bytes.set(token, offset);
    offset += token.byteLength;
  }
  return bytes;
}

/** The header of a tensor's data. shape: outermost dimension first. */
export function encodeTensorHeader(name: string, shape: readonly number[], type: "f32" | "f16"): Uint8Array {
  const numbers = int32s([shape.length, name.length, typeNumbers[type], ...shape.toReversed()]);
  return Buffer.concat([numbers, Buffer.from(name, "latin1")]);
}

const typeNumbers = { f32: 0, f16: 1 } as const;

function int32s(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 4 * index);
  return bytes;
}
