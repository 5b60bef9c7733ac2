import { type ControlLayout, controlHeader, controlHeaderSize, controlOffsets } from "../control.js";
import type { ReferenceData } from "../data.js";
import { attendReference } from "../softmax-weighted-sum.js";
import type { Tensor } from "../tensor.js";

/**
 * Causal self-attention of the decoder over its cache. Token t of row r, standing at position p + t, attends
 * to cache positions 0 ... p + t; position j is in cache row origin[r][j] if j < p, else in row r.
 * Inactive rows and padding tokens (t >= length) write zeros.
 */
export interface SelfAttentionStep extends ControlLayout {
  readonly op: "selfAttention";
  readonly control: Tensor;
  /** (nRows, nTokens, 3 * nState); only the query part is read here. */
  readonly qkv: Tensor;
  /** (nCacheRows, nTextCtx, 2 * nState): key and value side by side; this run's were written before. */
  readonly cache: Tensor;
  /** (nRows, nTokens, nState) */
  readonly out: Tensor;
  readonly nState: number;
  readonly nHead: number;
}

export function selfAttentionReference(step: SelfAttentionStep, data: ReferenceData): void {
  const { nRows, nTokens, nTextCtx, nState, nHead } = step;
  const control = data.ints(step.control);
  const offsets = controlOffsets(step);
  const qkv = data.floats(step.qkv);
  const cache = data.floats(step.cache);
  const out = data.floats(step.out);
  const headSize = nState / nHead;
  for (let r = 0; r < nRows; r++) {
    const header = r * controlHeaderSize;
    const position = control[header + controlHeader.position]!;
    const length = control[header + controlHeader.active]! ? control[header + controlHeader.length]! : 0;
    const cacheRow = (j: number) => (j < position ? control[offsets.origin + r * nTextCtx + j]! : r);
    for (let t = 0; t < nTokens; t++) {
      const row = r * nTokens + t;
      if (t >= length) {
        out.fill(0, row * nState, (row + 1) * nState);
        continue;
      }
      for (let h = 0; h < nHead; h++) {
        attendReference({
          query: qkv,
          queryBase: row * 3 * nState + h * headSize,
          keysAndValues: cache,
          nKeys: position + t + 1,
          keyBase: (j) => (cacheRow(j) * nTextCtx + j) * 2 * nState + h * headSize,
          valueBase: (j) => (cacheRow(j) * nTextCtx + j) * 2 * nState + nState + h * headSize,
          out,
          outBase: row * nState + h * headSize,
          headSize,
        });
      }
    }
  }
}
