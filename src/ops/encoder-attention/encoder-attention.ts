import type { ReferenceData } from "../data.js";
import { attendReference } from "../softmax-weighted-sum.js";
import type { Tensor } from "../tensor.js";

/** Full self-attention within each batch entry: every position attends to every position. */
export interface EncoderAttentionStep {
  readonly op: "encoderAttention";
  /** (nBatch, nPositions, 3 * nState): query, key, value side by side. */
  readonly qkv: Tensor;
  /** (nBatch, nPositions, nState) */
  readonly out: Tensor;
  readonly nBatch: number;
  readonly nPositions: number;
  readonly nState: number;
  readonly nHead: number;
}

export function encoderAttentionReference(step: EncoderAttentionStep, data: ReferenceData): void {
  const { nBatch, nPositions, nState, nHead } = step;
  const qkv = data.floats(step.qkv);
  const out = data.floats(step.out);
  const headSize = nState / nHead;
  for (let b = 0; b < nBatch; b++) {
    const base = b * nPositions * 3 * nState;
    for (let p = 0; p < nPositions; p++) {
      for (let h = 0; h < nHead; h++) {
        attendReference({
          query: qkv,
          queryBase: base + p * 3 * nState + h * headSize,
          keysAndValues: qkv,
          nKeys: nPositions,
          keyBase: (j) => base + j * 3 * nState + nState + h * headSize,
          valueBase: (j) => base + j * 3 * nState + 2 * nState + h * headSize,
          out,
          outBase: (b * nPositions + p) * nState + h * headSize,
          headSize,
        });
      }
    }
  }
}
