import type { ModelDimensions } from "../model/dimensions.js";
import type { Step } from "../ops/index.js";
import type { LinearStep } from "../ops/linear/linear.js";
import type { Program } from "../ops/program.js";
import type { Tensor } from "../ops/tensor.js";
import { scratch, type Weights } from "./tensors.js";

/** Mel frames of a 30 s window. */
export const windowFrames = 3000;

/** (nBatch, 3000, nMels) f32, frame-major: the log-mel windows to encode. */
export function melInput(dimensions: ModelDimensions, nBatch: number): Tensor {
  return {
    name: "mel",
    shape: [nBatch, windowFrames, dimensions.nMels],
    type: "f32",
    role: "input",
    heat: "window",
  };
}

/** (nBatch, 1500, nState): the encoder's result, kept so that it can be read back. */
export function encoderOutput(dimensions: ModelDimensions, nBatch: number): Tensor {
  const shape = [nBatch, dimensions.nAudioCtx, dimensions.nAudioState];
  return { name: "encoder.output", shape, type: "f32", role: "state", heat: "window" };
}

/** Per decoder layer (nBatch, 1500, 2 * nState): keys and values of the encoded windows, side by side. */
export function crossCache(dimensions: ModelDimensions, nBatch: number, layer: number): Tensor {
  const shape = [nBatch, dimensions.nAudioCtx, 2 * dimensions.nTextState];
  return { name: `cross.${layer}`, shape, type: "f32", role: "state", heat: "token" };
}

/**
 * The encoder, followed by the projection of its output to every decoder layer's cross-attention keys and
 * values: mel -> two convolutions -> positions -> blocks -> layer norm -> caches.
 */
export function encoderProgram(dimensions: ModelDimensions, weights: Weights, nBatch: number): Program {
  const { nAudioCtx, nAudioState: nState, nAudioHead, nMels } = dimensions;
  const nRows = nBatch * nAudioCtx;
  const steps: Step[] = [];
  const mel = melInput(dimensions, nBatch);
  const conv1 = scratch("conv1.out", [nBatch, windowFrames, nState]);
  const x = scratch("x", [nBatch, nAudioCtx, nState]);
  const normed = scratch("normed", [nBatch, nAudioCtx, nState]);
  const qkv = scratch("qkv", [nBatch, nAudioCtx, 3 * nState]);
  const attended = scratch("attended", [nBatch, nAudioCtx, nState]);
  const hidden = scratch("hidden", [nBatch, nAudioCtx, 4 * nState]);

  steps.push(
    convolution(mel, weights.conv1, weights.conv1Bias, conv1, nBatch, windowFrames, nMels, nState, 1),
  );
  steps.push(
    convolution(conv1, weights.conv2, weights.conv2Bias, x, nBatch, windowFrames, nState, nState, 2),
  );
  steps.push({
    op: "addPositions",
    x,
    positions: weights.audioPositions,
    nBatch,
    nPositions: nAudioCtx,
    nState,
  });
  for (const block of weights.encoder) {
    steps.push(norm(x, block.attentionNorm, normed, nRows, nState));
    steps.push(dense(normed, block.qkv, block.qkvBias, qkv, nRows, nState, 3 * nState));
    steps.push({
      op: "encoderAttention",
      qkv,
      out: attended,
      nBatch,
      nPositions: nAudioCtx,
      nState,
      nHead: nAudioHead,
    });
    steps.push(dense(attended, block.out, block.outBias, x, nRows, nState, nState, { accumulate: true }));
    steps.push(norm(x, block.mlpNorm, normed, nRows, nState));
    steps.push(dense(normed, block.mlp0, block.mlp0Bias, hidden, nRows, nState, 4 * nState, { gelu: true }));
    steps.push(dense(hidden, block.mlp2, block.mlp2Bias, x, nRows, 4 * nState, nState, { accumulate: true }));
  }
  const output = encoderOutput(dimensions, nBatch);
  steps.push(norm(x, weights.encoderNorm, output, nRows, nState));
  weights.decoder.forEach((block, layer) => {
    const cache = crossCache(dimensions, nBatch, layer);
    steps.push(
      dense(output, block.crossKv, block.crossKvBias, cache, nRows, nState, 2 * dimensions.nTextState),
    );
  });
  return { name: `encoder, batch ${nBatch}`, steps };
}

/** 1-D convolution, kernel 3, padding 1, as overlapping rows; weight (nOut, 3 * nChannels), tap-major. */
export function convolution(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  out: Tensor,
  nBatch: number,
  nFrames: number,
  nChannels: number,
  nOut: number,
  stride: number,
): LinearStep {
  const nRows = nFrames / stride;
  return {
    op: "linear",
    x,
    weight,
    bias,
    out,
    nBatch,
    nRows,
    nIn: 3 * nChannels,
    nOut,
    xLayout: {
      batchStride: nFrames * nChannels,
      rowStride: stride * nChannels,
      offset: -nChannels,
      batchExtent: nFrames * nChannels,
    },
    outLayout: { batchStride: nRows * nOut, rowStride: nOut, offset: 0 },
    activation: "gelu",
    accumulate: false,
  };
}

/** out = x * weight^T + bias over plain rows; with options GELU, or added to out. */
export function dense(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  out: Tensor,
  nRows: number,
  nIn: number,
  nOut: number,
  options: { gelu?: boolean; accumulate?: boolean } = {},
): LinearStep {
  return {
    op: "linear",
    x,
    weight,
    bias,
    out,
    nBatch: 1,
    nRows,
    nIn,
    nOut,
    xLayout: { batchStride: nRows * nIn, rowStride: nIn, offset: 0, batchExtent: nRows * nIn },
    outLayout: { batchStride: nRows * nOut, rowStride: nOut, offset: 0 },
    activation: options.gelu ? "gelu" : "none",
    accumulate: options.accumulate ?? false,
  };
}

export function norm(
  x: Tensor,
  weights: { readonly gamma: Tensor; readonly beta: Tensor },
  out: Tensor,
  nRows: number,
  nState: number,
): Step {
  return { op: "layerNorm", x, gamma: weights.gamma, beta: weights.beta, out, nRows, nState };
}
