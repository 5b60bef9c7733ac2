/** How a channel's samples are predicted from those before. */
export interface Predictor {
  /** 0: as described; others: differences are taken twice. */
  readonly mode: number;
  readonly shift: number;
  /** One a sample before, the nearest first; changed while samples are decoded. */
  readonly coefficients: Int16Array;
}

/** The number of coefficients that stands for plain differences. */
const DIFFERENCES = 31;

/** Makes samples of `nBits` bits out of residuals, in place. */
export function undoPrediction(
  samples: Int32Array,
  n: number,
  { mode, shift, coefficients }: Predictor,
  nBits: number,
) {
  if (mode !== 0) sumUp(samples, n, nBits);
  if (coefficients.length === DIFFERENCES) sumUp(samples, n, nBits);
  else if (coefficients.length > 0) predict(samples, n, coefficients, shift, nBits);
}

function sumUp(samples: Int32Array, n: number, nBits: number): void {
  const unused = 32 - nBits;
  for (let i = 1; i < n; i++) samples[i] = ((samples[i]! + samples[i - 1]!) << unused) >> unused;
}

/** Prediction whose coefficients follow the sign of what was left over. */
function predict(
  samples: Int32Array,
  n: number,
  coefficients: Int16Array,
  shift: number,
  nBits: number,
): void {
  const order = coefficients.length;
  const unused = 32 - nBits;
  const half = shift > 0 ? 1 << (shift - 1) : 0;
  sumUp(samples, Math.min(n, order + 1), nBits);
  for (let i = order + 1; i < n; i++) {
    const base = samples[i - order - 1]!;
    let sum = half;
    for (let k = 0; k < order; k++) sum += Math.imul(coefficients[k]!, samples[i - 1 - k]! - base);
    const residual = samples[i]!;
    samples[i] = ((residual + base + ((sum | 0) >> shift)) << unused) >> unused;
    if (residual !== 0) adapt(samples, i, base, coefficients, shift, residual);
  }
}

function adapt(
  samples: Int32Array,
  i: number,
  base: number,
  coefficients: Int16Array,
  shift: number,
  residual: number,
): void {
  const order = coefficients.length;
  const direction = residual > 0 ? 1 : -1;
  let left = residual;
  for (let k = order - 1; k >= 0; k--) {
    const difference = (base - samples[i - 1 - k]!) | 0;
    const sign = Math.sign(difference) * direction;
    coefficients[k]! -= sign;
    left -= (order - k) * ((sign * difference) >> shift);
    if (left * direction <= 0) return;
  }
}
