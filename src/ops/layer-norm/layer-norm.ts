import type { ReferenceData } from "../data.js";
import type { Tensor } from "../tensor.js";

/** out[r] = (x[r] - mean) / sqrt(variance + 1e-5) * gamma + beta, over nState, population variance. */
export interface LayerNormStep {
  readonly op: "layerNorm";
  /** (nRows, nState) */
  readonly x: Tensor;
  /** (nState) */
  readonly gamma: Tensor;
  /** (nState) */
  readonly beta: Tensor;
  /** (nRows, nState), never the same tensor as x. */
  readonly out: Tensor;
  readonly nRows: number;
  readonly nState: number;
}

export const layerNormEpsilon = 1e-5;

export function layerNormReference(step: LayerNormStep, data: ReferenceData): void {
  const { nRows, nState } = step;
  const x = data.floats(step.x);
  const gamma = data.floats(step.gamma);
  const beta = data.floats(step.beta);
  const out = data.floats(step.out);
  for (let r = 0; r < nRows; r++) {
    const base = r * nState;
    let mean = 0;
    for (let i = 0; i < nState; i++) mean += x[base + i]!;
    mean /= nState;
    let variance = 0;
    for (let i = 0; i < nState; i++) variance += (x[base + i]! - mean) ** 2;
    const scale = 1 / Math.sqrt(variance / nState + layerNormEpsilon);
    for (let i = 0; i < nState; i++) out[base + i] = (x[base + i]! - mean) * scale * gamma[i]! + beta[i]!;
  }
}
