import { elementSizeBytes } from "../../ops/tensor.js";
import type { ModelDimensions } from "../dimensions.js";

/** The first four bytes of a ggml file, as a little-endian number. */
export const ggmlMagic = 0x67676d6c;

/** Spectrum bins of a mel filter: 400-point transform, 201 bins. */
export const melBins = 201;

/** A tensor that a Whisper ggml file must hold. */
export interface ExpectedTensor {
  readonly name: string;
  /** Outermost dimension first. */
  readonly shape: readonly number[];
  /** Matrices and convolution kernels have the file's weight type; biases, norms and positions are always f32. */
  readonly kind: "weight" | "f32";
}

/** Every tensor of a model, in the order of the official files. */
export function* expectedTensors(dimensions: ModelDimensions): Generator<ExpectedTensor> {
  const { nVocab, nMels, nAudioCtx, nAudioState, nAudioLayer, nTextCtx, nTextState, nTextLayer } = dimensions;
  yield { name: "decoder.positional_embedding", shape: [nTextCtx, nTextState], kind: "f32" };
  yield { name: "encoder.positional_embedding", shape: [nAudioCtx, nAudioState], kind: "f32" };
  yield { name: "decoder.token_embedding.weight", shape: [nVocab, nTextState], kind: "weight" };
  for (let layer = 0; layer < nTextLayer; layer++) {
    const block = `decoder.blocks.${layer}`;
    yield* feedForwardAndAttention(block, nTextState);
    yield* norm(`${block}.cross_attn_ln`, nTextState);
    yield* attention(`${block}.cross_attn`, nTextState);
  }
  yield* norm("decoder.ln", nTextState);
  yield* convolution("encoder.conv1", nAudioState, nMels);
  yield* convolution("encoder.conv2", nAudioState, nAudioState);
  for (let layer = 0; layer < nAudioLayer; layer++) {
    yield* feedForwardAndAttention(`encoder.blocks.${layer}`, nAudioState);
  }
  yield* norm("encoder.ln_post", nAudioState);
}

function* feedForwardAndAttention(block: string, nState: number): Generator<ExpectedTensor> {
  yield* norm(`${block}.mlp_ln`, nState);
  yield* linear(`${block}.mlp.0`, 4 * nState, nState);
  yield* linear(`${block}.mlp.2`, nState, 4 * nState);
  yield* norm(`${block}.attn_ln`, nState);
  yield* attention(`${block}.attn`, nState);
}

function* attention(name: string, nState: number): Generator<ExpectedTensor> {
  yield* linear(`${name}.query`, nState, nState);
  // Whisper's keys have no bias.
  yield { name: `${name}.key.weight`, shape: [nState, nState], kind: "weight" };
  yield* linear(`${name}.value`, nState, nState);
  yield* linear(`${name}.out`, nState, nState);
}

function* linear(name: string, nOut: number, nIn: number): Generator<ExpectedTensor> {
  yield { name: `${name}.weight`, shape: [nOut, nIn], kind: "weight" };
  yield { name: `${name}.bias`, shape: [nOut], kind: "f32" };
}

function* norm(name: string, nState: number): Generator<ExpectedTensor> {
  yield { name: `${name}.weight`, shape: [nState], kind: "f32" };
  yield { name: `${name}.bias`, shape: [nState], kind: "f32" };
}

function* convolution(name: string, nOut: number, nIn: number): Generator<ExpectedTensor> {
  yield { name: `${name}.weight`, shape: [nOut, nIn, 3], kind: "weight" };
  yield { name: `${name}.bias`, shape: [nOut, 1], kind: "f32" };
}

/** Numbers in all tensors of a model: its parameters. */
export function parameterCount(dimensions: ModelDimensions): number {
  let count = 0;
  for (const { shape } of expectedTensors(dimensions)) count += product(shape);
  return count;
}

/** Bytes of a file with f16 weights whose vocabulary section (count included) takes vocabularySizeBytes. */
export function f16FileSizeBytes(dimensions: ModelDimensions, vocabularySizeBytes: number): number {
  let size = 4 + 11 * 4 + 2 * 4 + dimensions.nMels * melBins * 4 + vocabularySizeBytes;
  for (const { name, shape, kind } of expectedTensors(dimensions)) {
    size += 3 * 4 + shape.length * 4 + name.length;
    size += product(shape) * elementSizeBytes[kind === "weight" ? "f16" : "f32"];
  }
  return size;
}

export function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
