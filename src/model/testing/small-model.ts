import type { ModelDimensions } from "../dimensions.js";
import { encodeHeader, encodeTensorHeader } from "../ggml/encode.js";
import { expectedTensors, melBins, product } from "../ggml/layout.js";

/** A Whisper of a few thousand parameters. */
export const smallDimensions: ModelDimensions = {
  nVocab: 20,
  nAudioCtx: 6,
  nAudioState: 8,
  nAudioHead: 2,
  nAudioLayer: 2,
  nTextCtx: 5,
  nTextState: 8,
  nTextHead: 2,
  nTextLayer: 1,
  nMels: 4,
};

export interface SmallTensor {
  name: string;
  shape: number[];
  type: "f32" | "f16";
  data: Uint8Array;
}

/** The pieces of a ggml file, for tests to damage before they are joined. */
export interface SmallModel {
  header: Buffer;
  tensors: SmallTensor[];
}

/** Positions in the header, in bytes. */
export const headerOffsets = { nVocab: 4, nTextState: 28, weightType: 44, melFilters: 48 } as const;
/** Start of the vocabulary of a small model. */
export const vocabularyOffset = headerOffsets.melFilters + 8 + smallDimensions.nMels * melBins * 4;

export function smallModel(
  weightType: "f32" | "f16" = "f16",
  dimensions: ModelDimensions = smallDimensions,
): SmallModel {
  const filters = Float32Array.from({ length: dimensions.nMels * melBins }, (_, index) => index / 100);
  const vocabulary = Array.from({ length: 12 }, (_, id) => Buffer.from("abcdefghijkl".slice(0, id)));
  const tensors = Array.from(expectedTensors(dimensions), ({ name, shape, kind }): SmallTensor => {
    const type = kind === "weight" ? weightType : "f32";
    const sizeBytes = product(shape) * (type === "f16" ? 2 : 4);
    return { name, shape: [...shape], type, data: pattern(name, sizeBytes) };
  });
  return { header: Buffer.from(encodeHeader(dimensions, weightType, filters, vocabulary)), tensors };
}

export function modelBytes({ header, tensors }: SmallModel): Buffer {
  return Buffer.concat([header, ...tensors.map(tensorBytes)]);
}

export function tensorBytes({ name, shape, type, data }: SmallTensor): Buffer {
  return Buffer.concat([encodeTensorHeader(name, shape, type), data]);
}

/** Bytes that differ from tensor to tensor. */
function pattern(name: string, sizeBytes: number): Uint8Array {
  const seed = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 251, 7);
  return Uint8Array.from({ length: sizeBytes }, (_, index) => (seed + index) % 60);
}
