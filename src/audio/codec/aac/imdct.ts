import { Fft } from "./fft.js";

/** The inverse modified discrete cosine transform of M coefficients to 2 M samples, by one complex transform of M / 2. */
export class Imdct {
  readonly #size: number;
  readonly #fft: Fft;
  /** (M): the DCT-IV of the coefficients. */
  readonly #cosines: Float64Array;
  /** e^(-i pi (n + 1/8) / M), as pairs. */
  readonly #twiddles: Float64Array;

  /** @param size M, the number of coefficients */
  constructor(size: number) {
    this.#size = size;
    this.#fft = new Fft(size / 2);
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
  transform(input: Float64Array, from: number, out: Float64Array, scale: number): void {
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
