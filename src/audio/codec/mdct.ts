import { Fft } from "./fft.js";

/** The modified discrete cosine transform between 2 M samples and M coefficients, by one complex transform of M / 2. */
export class Mdct {
  readonly #size: number;
  readonly #fft: Fft;
  /** (M): what the DCT-IV is taken of, and its result. */
  readonly #folded: Float64Array;
  readonly #cosines: Float64Array;
  /** e^(-i pi (n + 1/8) / M), as pairs. */
  readonly #twiddles: Float64Array;

  /** @param size M, the number of coefficients */
  constructor(size: number) {
    this.#size = size;
    this.#fft = new Fft(size / 2);
    this.#folded = new Float64Array(size);
    this.#cosines = new Float64Array(size);
    this.#twiddles = new Float64Array(size);
    for (let n = 0; n < size / 2; n++) {
      const angle = (-Math.PI * (n + 1 / 8)) / size;
      this.#twiddles[2 * n] = Math.cos(angle);
      this.#twiddles[2 * n + 1] = Math.sin(angle);
    }
  }

  /**
   * out[n] = scale * sum of in[k] cos(pi / M (n + 1/2 + M/2) (k + 1/2)) over k, for n from 0 to 2 M - 1
   * (ISO/IEC 14496-3, 4.6.11.3.1).
   */
  inverse(input: Float64Array, from: number, out: Float64Array, scale: number): void {
    const m = this.#size;
    const half = m / 2;
    this.#transformCosines(input, from, scale);
    const cosines = this.#cosines;
    // The cosines go on beyond M: mirrored with the sign turned at M, and at 0 without.
    for (let n = 0; n < half; n++) {
      out[n] = cosines[half + n]!;
      out[m - 1 - n] = -cosines[half + n]!;
      out[m + n] = -cosines[half - 1 - n]!;
      out[2 * m - 1 - n] = -cosines[half - 1 - n]!;
    }
  }

  /** The same sum over n of 2 M samples, for k from 0 to M - 1. */
  forward(input: Float64Array, out: Float64Array, scale: number): void {
    const m = this.#size;
    const half = m / 2;
    const folded = this.#folded;
    for (let n = 0; n < half; n++) {
      folded[half + n] = input[n]! - input[m - 1 - n]!;
      folded[half - 1 - n] = -input[m + n]! - input[2 * m - 1 - n]!;
    }
    this.#transformCosines(folded, 0, scale);
    out.set(this.#cosines);
  }

  /** cosines[n] = scale * sum of in[k] cos(pi / M (n + 1/2) (k + 1/2)): a DCT-IV. */
  #transformCosines(input: Float64Array, from: number, scale: number): void {
    const m = this.#size;
    const twiddles = this.#twiddles;
    const fft = this.#fft;
    const { re, im } = fft;
    for (let n = 0; n < m / 2; n++) {
      const a = input[from + 2 * n]! * scale;
      const b = input[from + m - 1 - 2 * n]! * scale;
      re[n] = a * twiddles[2 * n]! - b * twiddles[2 * n + 1]!;
      im[n] = a * twiddles[2 * n + 1]! + b * twiddles[2 * n]!;
    }
    fft.transform();
    const cosines = this.#cosines;
    const outRe = fft.re;
    const outIm = fft.im;
    for (let n = 0; n < m / 2; n++) {
      cosines[2 * n] = outRe[n]! * twiddles[2 * n]! - outIm[n]! * twiddles[2 * n + 1]!;
      cosines[m - 1 - 2 * n] = -(outRe[n]! * twiddles[2 * n + 1]! + outIm[n]! * twiddles[2 * n]!);
    }
  }
}
