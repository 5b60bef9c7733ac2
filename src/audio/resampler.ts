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
  readonly #rows: Array<Float64Array | undefined> = [];
  readonly #keepsRows: boolean;

  /** Input that is still needed; `#pending[0]` is `reach - 1` samples before the next output's position. */
  #pending: Float64Array;
  #nInput = 0;
  #nOutput = 0;
  /** Phase of the next output sample, in 1 / up input samples. */
  #phase = 0;

  /** Rates in Hz, whole numbers. */
  constructor(inputRate: number, outputRate: number) {
    const common = greatestCommonDivisor(inputRate, outputRate);
    this.#up = outputRate / common;
    this.#down = inputRate / common;
    const nyquist = Math.min(1, outputRate / inputRate) / 2;
    this.#cutoff = (nyquist * (PASS + STOP)) / 2;
    // Kaiser's estimate of the length for a transition width in cycles per sample.
    this.#reach = 2 * Math.ceil((ATTENUATION_DB - 7.95) / (14.36 * nyquist * (STOP - PASS)) / 4);
    this.#keepsRows = this.#up * this.#reach * 2 <= MAX_KEPT_WEIGHTS;
    this.#pending = new Float64Array(this.#reach - 1);
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
    const width = 2 * this.#reach;
    const input = new Float64Array(this.#pending.length + samples.length);
    input.set(this.#pending);
    input.set(samples, this.#pending.length);
    const room = Math.ceil(((Math.max(0, input.length - width) + 1) * this.#up) / this.#down) + 1;
    const output = new Float32Array(room);
    let n = 0;
    let at = 0;
    for (; at + width <= input.length && this.#nOutput < nTotal; this.#nOutput++) {
      output[n++] = dot(input, at, this.#row(this.#phase));
      this.#phase += this.#down;
      at += Math.floor(this.#phase / this.#up);
      this.#phase %= this.#up;
    }
    this.#pending = input.slice(at);
    return output.subarray(0, n);
  }

  /** Weights for an output sample `phase / up` input samples after the middle of the row. */
  #row(phase: number): Float64Array {
    const kept = this.#rows[phase];
    if (kept !== undefined) return kept;
    const row = new Float64Array(2 * this.#reach);
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      const distance = i - (this.#reach - 1) - phase / this.#up;
      const angle = 2 * Math.PI * this.#cutoff * distance;
      const weight = (angle === 0 ? 1 : Math.sin(angle) / angle) * kaiser(distance / this.#reach);
      row[i] = weight;
      sum += weight;
    }
    for (let i = 0; i < row.length; i++) row[i]! /= sum; // the same gain for every phase
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

/** Four sums, which the processor can work on side by side; the length is a multiple of 4. */
function dot(samples: Float64Array, at: number, weights: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0, j = at; i < weights.length; i += 4, j += 4) {
    a += samples[j]! * weights[i]!;
    b += samples[j + 1]! * weights[i + 1]!;
    c += samples[j + 2]! * weights[i + 2]!;
    d += samples[j + 3]! * weights[i + 3]!;
  }
  return a + b + (c + d);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
