/** Samples of one frame. */
export const FFT_SIZE = 400;
/** Frequencies of one frame: 0 to the Nyquist frequency. */
export const N_FREQUENCIES = FFT_SIZE / 2 + 1;

const N = FFT_SIZE / 2;

/**
 * The power spectrum of 400 real samples, in f64: their even and odd ones as the parts of 200 complex
 * numbers, a Stockham Fourier transform in passes of 5, 5 and 8, and the split back to 201 frequencies.
 */
export class PowerSpectrum {
  readonly #window: Float64Array;
  #re = new Float64Array(N);
  #im = new Float64Array(N);
  #nextRe = new Float64Array(N);
  #nextIm = new Float64Array(N);

  /** `window`: 400 factors for the samples. */
  constructor(window: Float64Array) {
    this.#window = window;
  }

  /** |X|^2 of the 400 samples from `at` on, into `power` (201). */
  compute(samples: Float32Array, at: number, power: Float64Array): void {
    const window = this.#window;
    const re = this.#re;
    const im = this.#im;
    for (let i = 0, j = at; i < N; i++, j += 2) {
      re[i] = samples[j]! * window[2 * i]!;
      im[i] = samples[j + 1]! * window[2 * i + 1]!;
    }
    this.#pass5(40, 1, TWIDDLES_200);
    this.#pass5(8, 5, TWIDDLES_40);
    this.#pass8();
    this.#split(power);
  }

  /** One radix-5 pass: `m` butterflies of 5 for each of `s` interleaved transforms. */
  #pass5(m: number, s: number, twiddles: Float64Array): void {
    const re = this.#re;
    const im = this.#im;
    const outRe = this.#nextRe;
    const outIm = this.#nextIm;
    const step = m * s;
    for (let p = 0; p < m; p++) {
      const t = 8 * p;
      for (let q = 0; q < s; q++) {
        const i = q + s * p;
        const r0 = re[i]!;
        const i0 = im[i]!;
        const r14 = re[i + step]! + re[i + 4 * step]!;
        const i14 = im[i + step]! + im[i + 4 * step]!;
        const d14r = re[i + step]! - re[i + 4 * step]!;
        const d14i = im[i + step]! - im[i + 4 * step]!;
        const r23 = re[i + 2 * step]! + re[i + 3 * step]!;
        const i23 = im[i + 2 * step]! + im[i + 3 * step]!;
        const d23r = re[i + 2 * step]! - re[i + 3 * step]!;
        const d23i = im[i + 2 * step]! - im[i + 3 * step]!;
        const ar = r0 + C1 * r14 + C2 * r23;
        const ai = i0 + C1 * i14 + C2 * i23;
        const br = r0 + C2 * r14 + C1 * r23;
        const bi = i0 + C2 * i14 + C1 * i23;
        const cr = S1 * d14i + S2 * d23i;
        const ci = -S1 * d14r - S2 * d23r;
        const dr = S2 * d14i - S1 * d23i;
        const di = -S2 * d14r + S1 * d23r;
        const o = q + s * 5 * p;
        outRe[o] = r0 + r14 + r23;
        outIm[o] = i0 + i14 + i23;
        const x1r = ar + cr;
        const x1i = ai + ci;
        outRe[o + s] = x1r * twiddles[t]! - x1i * twiddles[t + 1]!;
        outIm[o + s] = x1r * twiddles[t + 1]! + x1i * twiddles[t]!;
        const x2r = br + dr;
        const x2i = bi + di;
        outRe[o + 2 * s] = x2r * twiddles[t + 2]! - x2i * twiddles[t + 3]!;
        outIm[o + 2 * s] = x2r * twiddles[t + 3]! + x2i * twiddles[t + 2]!;
        const x3r = br - dr;
        const x3i = bi - di;
        outRe[o + 3 * s] = x3r * twiddles[t + 4]! - x3i * twiddles[t + 5]!;
        outIm[o + 3 * s] = x3r * twiddles[t + 5]! + x3i * twiddles[t + 4]!;
        const x4r = ar - cr;
        const x4i = ai - ci;
        outRe[o + 4 * s] = x4r * twiddles[t + 6]! - x4i * twiddles[t + 7]!;
        outIm[o + 4 * s] = x4r * twiddles[t + 7]! + x4i * twiddles[t + 6]!;
      }
    }
    this.#swap();
  }

  /** The last pass: 25 transforms of 8, nothing to turn afterwards. */
  #pass8(): void {
    const re = this.#re;
    const im = this.#im;
    const outRe = this.#nextRe;
    const outIm = this.#nextIm;
    for (let q = 0; q < 25; q++) {
      // Even inputs 0 2 4 6, then odd ones 1 3 5 7: two transforms of 4.
      const e0r = re[q]! + re[q + 100]!;
      const e0i = im[q]! + im[q + 100]!;
      const e1r = re[q]! - re[q + 100]!;
      const e1i = im[q]! - im[q + 100]!;
      const e2r = re[q + 50]! + re[q + 150]!;
      const e2i = im[q + 50]! + im[q + 150]!;
      const e3r = im[q + 50]! - im[q + 150]!; // times -i
      const e3i = re[q + 150]! - re[q + 50]!;
      const o0r = re[q + 25]! + re[q + 125]!;
      const o0i = im[q + 25]! + im[q + 125]!;
      const o1r = re[q + 25]! - re[q + 125]!;
      const o1i = im[q + 25]! - im[q + 125]!;
      const o2r = re[q + 75]! + re[q + 175]!;
      const o2i = im[q + 75]! + im[q + 175]!;
      const o3r = im[q + 75]! - im[q + 175]!;
      const o3i = re[q + 175]! - re[q + 75]!;
      // Odd results turned by 0, 45, 90 and 135 degrees.
      const f0r = o0r + o2r;
      const f0i = o0i + o2i;
      const f1r = SQRT_HALF * (o1r + o3r + (o1i + o3i));
      const f1i = SQRT_HALF * (o1i + o3i - (o1r + o3r));
      const f2r = o0i - o2i;
      const f2i = o2r - o0r;
      const f3r = SQRT_HALF * (o1i - o3i - (o1r - o3r));
      const f3i = -SQRT_HALF * (o1i - o3i + (o1r - o3r));
      outRe[q] = e0r + e2r + f0r;
      outIm[q] = e0i + e2i + f0i;
      outRe[q + 25] = e1r + e3r + f1r;
      outIm[q + 25] = e1i + e3i + f1i;
      outRe[q + 50] = e0r - e2r + f2r;
      outIm[q + 50] = e0i - e2i + f2i;
      outRe[q + 75] = e1r - e3r + f3r;
      outIm[q + 75] = e1i - e3i + f3i;
      outRe[q + 100] = e0r + e2r - f0r;
      outIm[q + 100] = e0i + e2i - f0i;
      outRe[q + 125] = e1r + e3r - f1r;
      outIm[q + 125] = e1i + e3i - f1i;
      outRe[q + 150] = e0r - e2r - f2r;
      outIm[q + 150] = e0i - e2i - f2i;
      outRe[q + 175] = e1r - e3r - f3r;
      outIm[q + 175] = e1i - e3i - f3i;
    }
    this.#swap();
  }

  /** X[k] = (Z[k] + conj Z[N-k]) / 2 - i e^(-2 pi i k / 400) (Z[k] - conj Z[N-k]) / 2, and X[N-k] alongside. */
  #split(power: Float64Array): void {
    const re = this.#re;
    const im = this.#im;
    power[0] = (re[0]! + im[0]!) ** 2;
    power[N] = (re[0]! - im[0]!) ** 2;
    for (let k = 1; k <= N / 2; k++) {
      const evenRe = (re[k]! + re[N - k]!) / 2;
      const evenIm = (im[k]! - im[N - k]!) / 2;
      const oddRe = (im[k]! + im[N - k]!) / 2;
      const oddIm = (re[N - k]! - re[k]!) / 2;
      const turnedRe = oddRe * TWIDDLES_400[2 * k]! - oddIm * TWIDDLES_400[2 * k + 1]!;
      const turnedIm = oddRe * TWIDDLES_400[2 * k + 1]! + oddIm * TWIDDLES_400[2 * k]!;
      power[k] = (evenRe + turnedRe) ** 2 + (evenIm + turnedIm) ** 2;
      power[N - k] = (evenRe - turnedRe) ** 2 + (evenIm - turnedIm) ** 2;
    }
  }

  #swap(): void {
    [this.#re, this.#nextRe] = [this.#nextRe, this.#re];
    [this.#im, this.#nextIm] = [this.#nextIm, this.#im];
  }
}

const C1 = Math.cos((2 * Math.PI) / 5);
const C2 = Math.cos((4 * Math.PI) / 5);
const S1 = Math.sin((2 * Math.PI) / 5);
const S2 = Math.sin((4 * Math.PI) / 5);
const SQRT_HALF = Math.SQRT1_2;

/** e^(-2 pi i p j / n) for p below n / 5 and j from 1 to 4, as pairs (re, im). */
const TWIDDLES_200 = twiddles(200, 40, 4);
const TWIDDLES_40 = twiddles(40, 8, 4);
/** e^(-2 pi i k / 400), k from 0 to 100. */
const TWIDDLES_400 = twiddles(400, 101, 1);

function twiddles(n: number, rows: number, columns: number): Float64Array {
  const values: number[] = [];
  for (let p = 0; p < rows; p++) {
    for (let j = 1; j <= columns; j++) {
      const angle = (-2 * Math.PI * p * j) / n;
      values.push(Math.cos(angle), Math.sin(angle));
    }
  }
  return Float64Array.from(values);
}
