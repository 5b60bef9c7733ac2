import type { ReferenceData } from "../data.js";
import type { Tensor } from "../tensor.js";

/**
 * out[b, m, n] = activation(sum over k of x[b, m, k] * weight[n, k] + bias[n]), or added to out.
 *
 * x[b, m, k] stands at element `index = m * rowStride + offset + k` of batch b's region, which starts at
 * b * batchStride and holds batchExtent elements; outside of [0, batchExtent) x counts as 0. With
 * overlapping rows (rowStride < nIn) and a negative offset this is a 1-D convolution with zero padding.
 */
export interface LinearStep {
  readonly op: "linear";
  readonly x: Tensor;
  /** (nOut, nIn), f32 or f16. */
  readonly weight: Tensor;
  /** (nOut), or none. */
  readonly bias: Tensor | null;
  readonly out: Tensor;
  readonly nBatch: number;
  readonly nRows: number;
  readonly nIn: number;
  readonly nOut: number;
  readonly xLayout: RowLayout & { readonly batchExtent: number };
  readonly outLayout: RowLayout;
  /** GELU in the exact form x * (1 + erf(x / sqrt 2)) / 2. */
  readonly activation: "none" | "gelu";
  /** True: the result is added to what out holds (residual). */
  readonly accumulate: boolean;
}

/** Where rows of a batch are, in elements. */
export interface RowLayout {
  readonly batchStride: number;
  readonly rowStride: number;
  readonly offset: number;
}

export function linearReference(step: LinearStep, data: ReferenceData): void {
  const x = data.floats(step.x);
  const weight = data.floats(step.weight);
  const bias = step.bias ? data.floats(step.bias) : null;
  const out = data.floats(step.out);
  const { nBatch, nRows, nIn, nOut, xLayout, outLayout } = step;
  for (let b = 0; b < nBatch; b++) {
    for (let m = 0; m < nRows; m++) {
      const xRow = m * xLayout.rowStride + xLayout.offset;
      const kStart = Math.max(0, -xRow);
      const kEnd = Math.min(nIn, xLayout.batchExtent - xRow);
      const xBase = b * xLayout.batchStride + xRow;
      const outBase = b * outLayout.batchStride + m * outLayout.rowStride + outLayout.offset;
      for (let n = 0; n < nOut; n++) {
        let sum = bias ? bias[n]! : 0;
        const weightBase = n * nIn;
        for (let k = kStart; k < kEnd; k++) sum += x[xBase + k]! * weight[weightBase + k]!;
        if (step.activation === "gelu") sum = gelu(sum);
        out[outBase + n] = step.accumulate ? out[outBase + n]! + sum : sum;
      }
    }
  }
}

export function gelu(x: number): number {
  return 0.5 * x * (1 + erf(x / Math.SQRT2));
}

/**
 * The error function to f64 accuracy: its Maclaurin series for small arguments, the continued fraction of
 * erfc for large ones (Abramowitz & Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum;
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + fraction)));
}
