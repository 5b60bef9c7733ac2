import { type ControlLayout, controlHeader, controlHeaderSize } from "../control.js";
import type { ReferenceData } from "../data.js";
import { attendReference } from "../softmax-weighted-sum.js";
import type { Tensor } from "../tensor.js";

/**
 * Every token of row r attends to all positions of the row's window (control: audio).
 * Inactive rows and padding tokens (t >= length) write zeros.
 */
export interface CrossAttentionStep extends ControlLayout {
  readonly op: "crossAttention";
  readonly control: Tensor;
  /** (nRows, nTokens, nState) */
  readonly q: Tensor;
  /** (nAudio, nPositions, 2 * nState): key and value side by side. */
  readonly cache: Tensor;
  /** (nRows, nTokens, nState) */
  readonly out: Tensor;
  readonly nPositions: number;
  readonly nState: number;
  readonly nHead: number;
}

export function crossAttentionReference(step: CrossAttentionStep, data: ReferenceData): void {
  const { nRows, nTokens, nPositions, nState, nHead } = step;
  const control = data.ints(step.control);
  const q = data.floats(step.q);
  const cache = data.floats(step.cache);
  const out = data.floats(step.out);
  const headSize = nState / nHead;
  for (let r = 0; r < nRows; r++) {
    const header = r * controlHeaderSize;
    const length = control[header + controlHeader.active]! ? control[header + controlHeader.length]! : 0;
    const audioBase = control[header + controlHeader.audio]! * nPositions * 2 * nState;
    for (let t = 0; t < nTokens; t++) {
      const row = r * nTokens + t;
      if (t >= length) {
        out.fill(0, row * nState, (row + 1) * nState);
        continue;
      }
      for (let h = 0; h < nHead; h++) {
        attendReference({
          query: q,
          queryBase: row * nState + h * headSize,
          keysAndValues: cache,
          nKeys: nPositions,
          keyBase: (j) => audioBase + j * 2 * nState + h * headSize,
          valueBase: (j) => audioBase + j * 2 * nState + nState + h * headSize,
          out,
          outBase: row * nState + h * headSize,
          headSize,
        });
      }
    }
  }
}
