import { type ControlLayout, controlHeader, controlHeaderSize } from "../control.js";
import type { ReferenceData } from "../data.js";
import type { Tensor } from "../tensor.js";

/**
 * Puts this run's keys and values into the cache: cache[r, position + t] = key and value of qkv[r, t],
 * for active rows and t < length.
 */
export interface CacheWriteStep extends ControlLayout {
  readonly op: "cacheWrite";
  readonly control: Tensor;
  /** (nRows, nTokens, 3 * nState) */
  readonly qkv: Tensor;
  /** (nCacheRows, nTextCtx, 2 * nState) */
  readonly cache: Tensor;
  readonly nState: number;
}

export function cacheWriteReference(step: CacheWriteStep, data: ReferenceData): void {
  const { nRows, nTokens, nTextCtx, nState } = step;
  const control = data.ints(step.control);
  const qkv = data.floats(step.qkv);
  const cache = data.floats(step.cache);
  for (let r = 0; r < nRows; r++) {
    const header = r * controlHeaderSize;
    const position = control[header + controlHeader.position]!;
    const length = control[header + controlHeader.active]! ? control[header + controlHeader.length]! : 0;
    for (let t = 0; t < length; t++) {
      const from = (r * nTokens + t) * 3 * nState + nState;
      cache.set(qkv.subarray(from, from + 2 * nState), (r * nTextCtx + position + t) * 2 * nState);
    }
  }
}
