import { type ControlLayout, controlHeader, controlHeaderSize, controlOffsets } from "../control.js";
import type { ReferenceData } from "../data.js";
import type { Tensor } from "../tensor.js";

/** out[r, t] = tokenEmbedding[tokens[r, t]] + positionEmbedding[position[r] + t]; padding and inactive rows: zeros. */
export interface EmbedStep extends ControlLayout {
  readonly op: "embed";
  readonly control: Tensor;
  /** (nVocab, nState), f32 or f16 */
  readonly tokenEmbedding: Tensor;
  /** (nTextCtx, nState) */
  readonly positionEmbedding: Tensor;
  /** (nRows, nTokens, nState) */
  readonly out: Tensor;
  readonly nState: number;
}

export function embedReference(step: EmbedStep, data: ReferenceData): void {
  const { nRows, nTokens, nState } = step;
  const control = data.ints(step.control);
  const offsets = controlOffsets(step);
  const tokens = data.floats(step.tokenEmbedding);
  const positions = data.floats(step.positionEmbedding);
  const out = data.floats(step.out);
  for (let r = 0; r < nRows; r++) {
    const header = r * controlHeaderSize;
    const position = control[header + controlHeader.position]!;
    const length = control[header + controlHeader.active]! ? control[header + controlHeader.length]! : 0;
    for (let t = 0; t < nTokens; t++) {
      const row = r * nTokens + t;
      const token = control[offsets.tokens + row]!;
      for (let i = 0; i < nState; i++) {
        out[row * nState + i] =
          t < length ? tokens[token * nState + i]! + positions[(position + t) * nState + i]! : 0;
      }
    }
  }
}
