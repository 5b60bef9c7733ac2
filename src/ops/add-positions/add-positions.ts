import type { ReferenceData } from "../data.js";
import type { Tensor } from "../tensor.js";

/** x[b, i] += positions[i], i over nPositions * nState elements. */
export interface AddPositionsStep {
  readonly op: "addPositions";
  /** (nBatch, nPositions, nState), changed in place. */
  readonly x: Tensor;
  /** (nPositions, nState) */
  readonly positions: Tensor;
  readonly nBatch: number;
  readonly nPositions: number;
  readonly nState: number;
}

export function addPositionsReference(step: AddPositionsStep, data: ReferenceData): void {
  const x = data.floats(step.x);
  const positions = data.floats(step.positions);
  const n = step.nPositions * step.nState;
  for (let i = 0; i < step.nBatch * n; i++) x[i]! += positions[i % n]!;
}
