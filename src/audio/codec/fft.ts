/**
 * The complex Fourier transform of n = 2^a 3^b 5^c numbers, exponent -2 pi i: a Stockham transform (results in order,
 * no shuffling), in passes of 4, then 2, 3 or 5.
 */
export class Fft {
  /** The data: written before `transform`, its results after. They move, so ask for them each time. */
  re: Float64Array;
  im: Float64Array;
  #nextRe: Float64Array;
  #nextIm: Float64Array;
  readonly #passes: readonly Pass[];

  constructor(size: number) {
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.#nextRe = new Float64Array(size);
    this.#nextIm = new Float64Array(size);
    this.#passes = passesOf(size);
  }

  transform(): void {
    for (const pass of this.#passes) {
      if (pass.radix === 4) pass4(pass, this.re, this.im, this.#nextRe, this.#nextIm);
      else passOf(pass, this.re, this.im, this.#nextRe, this.#nextIm);
      [this.re, this.#nextRe] = [this.#nextRe, this.re];
      [this.im, this.#nextIm] = [this.#nextIm, this.im];
    }
  }
}

/** `m` butterflies of `radix` for each of `stride` interleaved transforms. */
interface Pass {
  readonly radix: number;
  readonly m: number;
  readonly stride: number;
  /** e^(-2 pi i p j / (radix m)) at p * radix + j, as pairs (re, im). */
  readonly twiddles: Float64Array;
  /** e^(-2 pi i j / radix), as pairs. */
  readonly roots: Float64Array;
}

function passesOf(size: number): Pass[] {
  const passes: Pass[] = [];
  let left = size;
  let stride = 1;
  while (left > 1) {
    const radix = [4, 2, 3, 5].find((r) => left % r === 0);
    if (radix === undefined) throw new RangeError(`no Fourier transform of ${size}`);
    const m = left / radix;
    const twiddles = new Float64Array(2 * left);
    for (let p = 0; p < m; p++) {
      for (let j = 0; j < radix; j++) setRoot(twiddles, p * radix + j, (p * j) / left);
    }
    const roots = new Float64Array(2 * radix);
    for (let j = 0; j < radix; j++) setRoot(roots, j, j / radix);
    passes.push({ radix, m, stride, twiddles, roots });
    left = m;
    stride *= radix;
  }
  return passes;
}

function setRoot(pairs: Float64Array, index: number, turns: number): void {
  pairs[2 * index] = Math.cos(-2 * Math.PI * turns);
  pairs[2 * index + 1] = Math.sin(-2 * Math.PI * turns);
}

function pass4(
  { m, stride, twiddles }: Pass,
  re: Float64Array,
  im: Float64Array,
  outRe: Float64Array,
  outIm: Float64Array,
): void {
  const step = m * stride;
  for (let p = 0; p < m; p++) {
    const t = 8 * p;
    const w1r = twiddles[t + 2]!;
    const w1i = twiddles[t + 3]!;
    const w2r = twiddles[t + 4]!;
    const w2i = twiddles[t + 5]!;
    const w3r = twiddles[t + 6]!;
    const w3i = twiddles[t + 7]!;
    for (let q = 0; q < stride; q++) {
      const i = q + stride * p;
      const s02r = re[i]! + re[i + 2 * step]!;
      const s02i = im[i]! + im[i + 2 * step]!;
      const d02r = re[i]! - re[i + 2 * step]!;
      const d02i = im[i]! - im[i + 2 * step]!;
      const s13r = re[i + step]! + re[i + 3 * step]!;
      const s13i = im[i + step]! + im[i + 3 * step]!;
      const d13r = re[i + step]! - re[i + 3 * step]!;
      const d13i = im[i + step]! - im[i + 3 * step]!;
      const o = q + stride * 4 * p;
      outRe[o] = s02r + s13r;
      outIm[o] = s02i + s13i;
      const x1r = d02r + d13i;
      const x1i = d02i - d13r;
      outRe[o + stride] = x1r * w1r - x1i * w1i;
      outIm[o + stride] = x1r * w1i + x1i * w1r;
      const x2r = s02r - s13r;
      const x2i = s02i - s13i;
      outRe[o + 2 * stride] = x2r * w2r - x2i * w2i;
      outIm[o + 2 * stride] = x2r * w2i + x2i * w2r;
      const x3r = d02r - d13i;
      const x3i = d02i + d13r;
      outRe[o + 3 * stride] = x3r * w3r - x3i * w3i;
      outIm[o + 3 * stride] = x3r * w3i + x3i * w3r;
    }
  }
}

/** A pass of any radix, by the definition. */
function passOf(
  { radix, m, stride, twiddles, roots }: Pass,
  re: Float64Array,
  im: Float64Array,
  outRe: Float64Array,
  outIm: Float64Array,
): void {
  const step = m * stride;
  for (let p = 0; p < m; p++) {
    for (let j = 0; j < radix; j++) {
      const wr = twiddles[2 * (p * radix + j)]!;
      const wi = twiddles[2 * (p * radix + j) + 1]!;
      for (let q = 0; q < stride; q++) {
        const i = q + stride * p;
        let sumRe = 0;
        let sumIm = 0;
        for (let n = 0; n < radix; n++) {
          const root = 2 * ((n * j) % radix);
          const r = re[i + n * step]!;
          const s = im[i + n * step]!;
          sumRe += r * roots[root]! - s * roots[root + 1]!;
          sumIm += r * roots[root + 1]! + s * roots[root]!;
        }
        const o = q + stride * (radix * p + j);
        outRe[o] = sumRe * wr - sumIm * wi;
        outIm[o] = sumRe * wi + sumIm * wr;
      }
    }
  }
}
