import { type ControlLayout, controlOffsets } from "../control.js";
import type { ReferenceData } from "../data.js";
import type { Tensor } from "../tensor.js";

/** out[i] = x[select[i]] for i < nSelect: only these rows go on to the logits. */
export interface SelectRowsStep extends ControlLayout {
  readonly op: "selectRows";
  readonly control: Tensor;
  /** (nRows * nTokens, nState) */
  readonly x: Tensor;
  /** (nSelect, nState) */
  readonly out: Tensor;
  /** At most 2 * nRows. */
  readonly nSelect: number;
  readonly nState: number;
}

export function selectRowsReference(step: SelectRowsStep, data: ReferenceData): void {
  const { nSelect, nState } = step;
  const control = data.ints(step.control);
  const { select } = controlOffsets(step);
  const x = data.floats(step.x);
  const out = data.floats(step.out);
  for (let i = 0; i < nSelect; i++) {
    const row = control[select + i]!;
    out.set(x.subarray(row * nState, (row + 1) * nState), i * nState);
  }
}
