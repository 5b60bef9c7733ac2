import type { Step } from "../src/ops/index.js";
import type { Program } from "../src/ops/program.js";
import type { Tensor } from "../src/ops/tensor.js";

const nState = 64;
const tensor = (name: string, role: Tensor["role"], shape: readonly number[]): Tensor => ({
  name,
  shape,
  type: "f32",
  role,
  heat: "token",
});
const weight = tensor("weight", "weight", [nState, nState]);
export const input = tensor("input", "input", [1, nState]);
export const output = tensor("output", "output", [1, nState]);
const hidden = (n: number) => tensor(`hidden ${n}`, "scratch", [1, nState]);

function product(x: Tensor, out: Tensor): Step {
  const layout = { batchStride: nState, rowStride: nState, offset: 0 };
  return {
    op: "linear",
    x,
    weight,
    bias: null,
    out,
    nBatch: 1,
    nRows: 1,
    nIn: nState,
    nOut: nState,
    xLayout: { ...layout, batchExtent: nState },
    outLayout: layout,
    activation: "none",
    accumulate: false,
  };
}

/**
 * input -> hidden 0 -> hidden 1 -> hidden 2 -> output: each step reads what the one before wrote, and hidden 2
 * overwrites the bytes of hidden 0.
 */
export const chain: Program = {
  name: "chain",
  steps: [
    product(input, hidden(0)),
    product(hidden(0), hidden(1)),
    product(hidden(1), hidden(2)),
    product(hidden(2), output),
  ],
};
export { weight as chainWeight };

/** Barriers between the dispatches of the chain. */
export const chainBarriers = 3;
