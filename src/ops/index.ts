import { type AddPositionsStep, addPositionsReference } from "./add-positions/add-positions.js";
import { type CacheWriteStep, cacheWriteReference } from "./cache-write/cache-write.js";
import { type CrossAttentionStep, crossAttentionReference } from "./cross-attention/cross-attention.js";
import type { ReferenceData } from "./data.js";
import { type EmbedStep, embedReference } from "./embed/embed.js";
import {
  type EncoderAttentionStep,
  encoderAttentionReference,
} from "./encoder-attention/encoder-attention.js";
import { type LayerNormStep, layerNormReference } from "./layer-norm/layer-norm.js";
import { type LinearStep, linearReference } from "./linear/linear.js";
import { type SelectRowsStep, selectRowsReference } from "./select-rows/select-rows.js";
import { type SelfAttentionStep, selfAttentionReference } from "./self-attention/self-attention.js";
import type { Tensor } from "./tensor.js";

/** One operation of a program, with everything that a backend needs to know about it. */
export type Step =
  | LinearStep
  | LayerNormStep
  | EncoderAttentionStep
  | SelfAttentionStep
  | CrossAttentionStep
  | EmbedStep
  | AddPositionsStep
  | SelectRowsStep
  | CacheWriteStep;

export type OpName = Step["op"];

/** What a step computes, in f64: the reference for every kernel. */
export function runReference(step: Step, data: ReferenceData): void {
  switch (step.op) {
    case "linear":
      linearReference(step, data);
      break;
    case "layerNorm":
      layerNormReference(step, data);
      break;
    case "encoderAttention":
      encoderAttentionReference(step, data);
      break;
    case "selfAttention":
      selfAttentionReference(step, data);
      break;
    case "crossAttention":
      crossAttentionReference(step, data);
      break;
    case "embed":
      embedReference(step, data);
      break;
    case "addPositions":
      addPositionsReference(step, data);
      break;
    case "selectRows":
      selectRowsReference(step, data);
      break;
    case "cacheWrite":
      cacheWriteReference(step, data);
      break;
  }
}

/** The tensors that a step reads and writes; one that is updated in place is in both lists. */
export function stepTensors(step: Step): {
  readonly reads: readonly Tensor[];
  readonly writes: readonly Tensor[];
} {
  switch (step.op) {
    case "linear":
      return {
        reads: [
          step.x,
          step.weight,
          ...(step.bias ? [step.bias] : []),
          ...(step.accumulate ? [step.out] : []),
        ],
        writes: [step.out],
      };
    case "layerNorm":
      return { reads: [step.x, step.gamma, step.beta], writes: [step.out] };
    case "encoderAttention":
      return { reads: [step.qkv], writes: [step.out] };
    case "selfAttention":
      return { reads: [step.control, step.qkv, step.cache], writes: [step.out] };
    case "crossAttention":
      return { reads: [step.control, step.q, step.cache], writes: [step.out] };
    case "embed":
      return { reads: [step.control, step.tokenEmbedding, step.positionEmbedding], writes: [step.out] };
    case "addPositions":
      return { reads: [step.x, step.positions], writes: [step.x] };
    case "selectRows":
      return { reads: [step.control, step.x], writes: [step.out] };
    case "cacheWrite":
      return { reads: [step.control, step.qkv], writes: [step.cache] };
  }
}

/** Weights whose rows may be in several places: the step's kernels go through them part by part. */
export function cuttableTensors(step: Step): readonly Tensor[] {
  if (step.op === "linear") return [step.weight];
  return step.op === "embed" ? [step.tokenEmbedding] : [];
}
