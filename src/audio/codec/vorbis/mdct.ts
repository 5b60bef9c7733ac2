/** The inverse MDCT of one block size, as a DCT-IV by way of a complex FFT of a quarter of the size. */
export class InverseMdct {
  /** Coefficients: half of the block's samples. */
  readonly #n: number;
  readonly #twiddles: { readonly re: Float64Array; readonly im: Float64Array };
  readonly #roots: { readonly re: Float64Array; readonly im: Float64Array };
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #order: Uint32Array;

  constructor(blockSize: number) {
    const n = blockSize / 2;
    const half = n / 2;
    this.#n = n;
    this.#twiddles = circle(half, (i) => (-Math.PI * (i + 1 / 8)) / n);
    this.#roots = circle(half / 2, (i) => (-2 * Math.PI * i) / half);
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
    const nBits = Math.log2(half);
    this.#order = Uint32Array.from({ length: half }, (_, i) => {
      let reversed = 0;
      for (let bit = 0; bit < nBits; bit++) reversed |= ((i >> bit) & 1) << (nBits - 1 - bit);
      return reversed;
    });
  }

  /** `coefficients` (blockSize / 2) to `samples` (blockSize), neither scaled nor windowed. */
  transform(coefficients: Float32Array, samples: Float32Array): void {
    const n = this.#n;
    const [re, im, order] = [this.#re, this.#im, this.#order];
    const { re: cos, im: sin } = this.#twiddles;
    for (let i = 0; i < re.length; i++) {
      const [a, b, to] = [coefficients[2 * i]!, coefficients[n - 1 - 2 * i]!, order[i]!];
      re[to] = a * cos[i]! - b * sin[i]!;
      im[to] = a * sin[i]! + b * cos[i]!;
    }
    this.#fft();
    // dct[2 i] is the real part, dct[n - 1 - 2 i] the negative imaginary one; samples are dct, unfolded.
    for (let i = 0; i < re.length; i++) {
      unfold(samples, n, 2 * i, re[i]! * cos[i]! - im[i]! * sin[i]!);
      unfold(samples, n, n - 1 - 2 * i, -(re[i]! * sin[i]! + im[i]! * cos[i]!));
    }
  }

  /** In place, its input in bit-reversed order. */
  #fft(): void {
    const [re, im] = [this.#re, this.#im];
    const { re: cos, im: sin } = this.#roots;
    const size = re.length;
    for (let width = 1; width < size; width *= 2) {
      const step = size / (2 * width);
      for (let start = 0; start < size; start += 2 * width) {
        for (let k = 0, root = 0; k < width; k++, root += step) {
          const [a, b] = [start + k, start + k + width];
          const x = re[b]! * cos[root]! - im[b]! * sin[root]!;
          const y = re[b]! * sin[root]! + im[b]! * cos[root]!;
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a]! += x;
          im[a]! += y;
        }
      }
    }
  }
}

/** A DCT-IV is even about its start and odd about its end; the MDCT's samples begin half way. */
function unfold(samples: Float32Array, n: number, i: number, value: number): void {
  if (i >= n / 2) {
    samples[i - n / 2] = value;
    samples[(3 * n) / 2 - 1 - i] = -value;
  } else {
    samples[(3 * n) / 2 - 1 - i] = -value;
    samples[(3 * n) / 2 + i] = -value;
  }
}

function circle(length: number, angle: (i: number) => number) {
  return {
    re: Float64Array.from({ length }, (_, i) => Math.cos(angle(i))),
    im: Float64Array.from({ length }, (_, i) => Math.sin(angle(i))),
  };
}
