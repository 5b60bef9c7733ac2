import type { WeightedSums } from "./weighted-sums.js";

/**
 * Converts the sample rate of mono audio, piece by piece: a windowed sinc (Kaiser), one row of weights for
 * each of the positions an output sample can have between two input samples. Flat up to 0.9 of the lower
 * Nyquist frequency, more than 80 dB down from 1.1 of it on (so aliases stay above 0.9); without delay. `n` samples give
 * `round(n * outputRate / inputRate)` in all, whatever the pieces.
 */
export class Resampler {
  /** Output positions advance by `#down / #up` input samples. */
  readonly #up: number;
  readonly #down: number;
  /** Input samples to each side that weigh in. */
  readonly #reach: number;
  /** Cutoff in cycles per input sample. */
  readonly #cutoff: number;
  /** Weights by phase, 2 * reach each; computed when first needed. */
  readonly #rows: Array<Float32Array | undefined> = [];
  readonly #keepsRows: boolean;
  readonly #sums: WeightedSums;

  /** Input that is still needed; `#pending[0]` is `reach - 1` samples before the next output's position. */
  #pending: Float32Array;
  #nInput = 0;
  #nOutput = 0;
  /** Phase of the next output sample, in 1 / up input samples. */
  #phase = 0;

  /** Rates in Hz, whole numbers. */
  constructor(inputRate: number, outputRate: number, sums: WeightedSums) {
    this.#sums = sums;
    const common = greatestCommonDivisor(inputRate, outputRate);
    this.#up = outputRate / common;
    this.#down = inputRate / common;
    const nyquist = Math.min(1, outputRate / inputRate) / 2;
    this.#cutoff = (nyquist * (PASS + STOP)) / 2;
    // Kaiser's estimate of the length for a transition width in cycles per sample.
    this.#reach = 2 * Math.ceil((ATTENUATION_DB - 7.95) / (14.36 * nyquist * (STOP - PASS)) / 4);
    this.#keepsRows = this.#up * this.#reach * 2 <= MAX_KEPT_WEIGHTS;
    this.#pending = new Float32Array(this.#reach - 1);
  }

  /** Takes the next piece of input; returns the output that it completes. */
  push(samples: Float32Array): Float32Array {
    this.#nInput += samples.length;
    return this.#run(samples, Number.POSITIVE_INFINITY);
  }

  /** The rest of the output, as if silence followed. Nothing can be pushed afterwards. */
  flush(): Float32Array {
    const nTotal = Math.round((this.#nInput * this.#up) / this.#down);
    const silence = Math.ceil(((nTotal - this.#nOutput) * this.#down) / this.#up) + 2 * this.#reach;
    return this.#run(new Float32Array(silence), nTotal);
  }

  #run(samples: Float32Array, nTotal: number): Float32Array {
    const [up, down, phase, width] = [this.#up, this.#down, this.#phase, 2 * this.#reach];
    const nInput = this.#pending.length + samples.length;
    // Output `k` needs the input from floor((phase + k * down) / up) on.
    const nWhole = Math.ceil(((nInput - width + 1) * up - phase) / down);
    const n = Math.max(0, Math.min(nWhole, nTotal - this.#nOutput));
    const { weights, samples: input, sums: output } = this.#sums.room(width, nInput, n);
    input.set(this.#pending);
    input.set(samples, this.#pending.length);
    // Every `up`th output has the same phase.
    for (let k = 0; k < Math.min(up, n); k++) {
      const position = phase + k * down;
      weights.set(this.#row(position % up));
      this.#sums.run(Math.floor(position / up), down, Math.ceil((n - k) / up), k, up);
    }
    this.#nOutput += n;
    this.#phase = (phase + n * down) % up;
    this.#pending = input.slice(Math.floor((phase + n * down) / up));
    return output.slice();
  }

  /** Weights for an output sample `phase / up` input samples after the middle of the row. */
  #row(phase: number): Float32Array {
    const kept = this.#rows[phase];
    if (kept !== undefined) return kept;
    const exact = new Float64Array(2 * this.#reach);
    let sum = 0;
    for (let i = 0; i < exact.length; i++) {
      const distance = i - (this.#reach - 1) - phase / this.#up;
      const angle = 2 * Math.PI * this.#cutoff * distance;
      const weight = (angle === 0 ? 1 : Math.sin(angle) / angle) * kaiser(distance / this.#reach);
      exact[i] = weight;
      sum += weight;
    }
    const row = Float32Array.from(exact, (weight) => weight / sum); // the same gain for every phase
    if (this.#keepsRows) this.#rows[phase] = row;
    return row;
  }
}

const PASS = 0.9;
const STOP = 1.1;
const ATTENUATION_DB = 86;
const MAX_KEPT_WEIGHTS = 1 << 23;

/** Kaiser's window parameter for an attenuation above 50 dB. */
const BETA = 0.1102 * (ATTENUATION_DB - 8.7);

/** The Kaiser window at -1 to 1. */
function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(BETA * Math.sqrt(1 - x * x)) / BESSEL_OF_BETA;
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}
const BESSEL_OF_BETA = besselI0(BETA);

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
