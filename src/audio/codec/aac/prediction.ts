import type { ChannelStream } from "./channel-stream.js";
import { RESET_GROUPS } from "./prediction-data.js";

/** Coefficients that have a predictor. */
const N_PREDICTORS = 672;
/** Attenuation of the lattice, and how slowly its averages forget (ISO/IEC 14496-3, 4.6.6.3). */
const ATTENUATION = 61 / 64;
const FORGETTING = 29 / 32;

const { fround } = Math;
const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/**
 * The Main profile's prediction of each coefficient from the two frames before (4.6.6): lattices of order 2 that adapt
 * to what was decoded. All is in single precision and kept with 16 bits, as the encoder does it: else they drift apart.
 */
export class Predictors {
  readonly #r0 = new Float32Array(N_PREDICTORS);
  readonly #r1 = new Float32Array(N_PREDICTORS);
  readonly #correlation0 = new Float32Array(N_PREDICTORS);
  readonly #correlation1 = new Float32Array(N_PREDICTORS);
  readonly #variance0 = new Float32Array(N_PREDICTORS).fill(1);
  readonly #variance1 = new Float32Array(N_PREDICTORS).fill(1);

  /** Adds the predictions to a frame's coefficients, and learns from them. */
  apply({ info, prediction, spectrum }: ChannelStream): void {
    if (info.isShort) {
      this.reset();
      return;
    }
    const nBands = Math.min(info.bands.predictionMax, info.nBands);
    for (let band = 0; band < nBands; band++) {
      const isUsed = prediction?.used[band] === true;
      const end = info.bandStarts[band + 1]!;
      for (let k = info.bandStarts[band]!; k < end; k++) spectrum[k] = this.#step(k, spectrum[k]!, isUsed);
    }
    const group = prediction?.resetGroup ?? 0;
    if (group > 0) for (let k = group - 1; k < N_PREDICTORS; k += RESET_GROUPS) this.#resetOne(k);
  }

  reset(): void {
    for (let k = 0; k < N_PREDICTORS; k++) this.#resetOne(k);
  }

  #resetOne(k: number): void {
    this.#r0[k] = 0;
    this.#r1[k] = 0;
    this.#correlation0[k] = 0;
    this.#correlation1[k] = 0;
    this.#variance0[k] = 1;
    this.#variance1[k] = 1;
  }

  /** One coefficient through its lattice; returns it with its prediction, if that is used. */
  #step(k: number, coefficient: number, isUsed: boolean): number {
    const r0 = this.#r0[k]!;
    const r1 = this.#r1[k]!;
    const correlation0 = this.#correlation0[k]!;
    const correlation1 = this.#correlation1[k]!;
    const variance0 = this.#variance0[k]!;
    const variance1 = this.#variance1[k]!;
    const k1 = variance0 > 1 ? fround(correlation0 * toEven(ATTENUATION / variance0)) : 0;
    const k2 = variance1 > 1 ? fround(correlation1 * toEven(ATTENUATION / variance1)) : 0;
    const prediction = toNearest(fround(fround(k1 * r0) + fround(k2 * r1)));
    const value = fround(isUsed ? fround(coefficient) + prediction : coefficient);
    const e1 = fround(value - fround(k1 * r0));
    this.#correlation1[k] = truncate(fround(FORGETTING * correlation1) + fround(r1 * e1));
    this.#variance1[k] = truncate(
      fround(FORGETTING * variance1) + fround(0.5 * fround(fround(r1 * r1) + fround(e1 * e1))),
    );
    this.#correlation0[k] = truncate(fround(FORGETTING * correlation0) + fround(r0 * value));
    this.#variance0[k] = truncate(
      fround(FORGETTING * variance0) + fround(0.5 * fround(fround(r0 * r0) + fround(value * value))),
    );
    this.#r1[k] = truncate(ATTENUATION * fround(r0 - fround(k1 * value)));
    this.#r0[k] = truncate(ATTENUATION * value);
    return value;
  }
}

/** The upper 16 bits of a number in single precision. */
function truncate(value: number): number {
  float[0] = value;
  word[0]! &= 0xffff0000;
  return float[0]!;
}

/** Rounded to 16 bits, halves away from zero. */
function toNearest(value: number): number {
  float[0] = value;
  word[0] = (word[0]! + 0x8000) & 0xffff0000;
  return float[0]!;
}

/** Rounded to 16 bits, halves to the even neighbour. */
function toEven(value: number): number {
  float[0] = value;
  word[0] = (word[0]! + 0x7fff + ((word[0]! >>> 16) & 1)) & 0xffff0000;
  return float[0]!;
}
