import type { SoundPiece } from "../audio-source.js";
import { FFT_SIZE, N_FREQUENCIES, PowerSpectrum } from "./power-spectrum.js";

/** Samples from one frame to the next: 10 ms. */
export const HOP = 160;
/** Samples before a frame's middle. */
const REACH = FFT_SIZE / 2;
/** log10 of the smallest power that is distinguished: the value of silence. */
export const FLOOR = -10;

/**
 * Turns 16 kHz samples, piece by piece, into frames of log10 mel power, not yet clamped. Frame t is centred
 * on sample 160 t: the beginning is mirrored, after the end come zeros.
 */
export class MelFrames {
  readonly nMels: number;
  readonly #filters: SparseFilters;
  readonly #spectrum = new PowerSpectrum(hann());
  readonly #power = new Float64Array(N_FREQUENCIES);
  /** Samples from the next frame's first on, `#filled` of them valid. */
  readonly #buffer = new Float32Array(REACH + 16 * HOP + FFT_SIZE);
  #filled = REACH; // room for the mirrored beginning
  #isMirrored = false;
  /** Index in the buffer after the last sample that is not zero. */
  #soundEnd = 0;
  #nSamples = 0;
  #nFrames = 0;
  #maximum = FLOOR;

  /** `filters`: (nMels, 201), as a model file holds them. */
  constructor(filters: Float32Array) {
    this.nMels = filters.length / N_FREQUENCIES;
    this.#filters = sparse(filters, this.nMels);
  }

  get nSamples(): number {
    return this.#nSamples;
  }

  /** Frames done so far. */
  get nFrames(): number {
    return this.#nFrames;
  }

  /** The greatest value of any frame so far, silence included. */
  get maximum(): number {
    return this.#maximum;
  }

  /**
   * Takes the next piece; calls `frameFor` for each frame that it completes: the array and offset to write it to. A gap
   * counts as zeros, but takes the same time however long it is: frames that lie wholly in it hold FLOOR, and
   * `frameFor` is not asked about them.
   */
  push(piece: SoundPiece, frameFor: FrameSink): void {
    if (piece instanceof Float32Array) {
      this.#nSamples += piece.length;
      this.#take(piece, frameFor);
      return;
    }
    const { nSilentSamples } = piece;
    this.#nSamples += nSilentSamples;
    // After that many zeros, another frame of zeros changes nothing.
    const nSkipped = Math.max(0, Math.floor((nSilentSamples - 2 * FFT_SIZE) / HOP));
    this.#take(new Float32Array(nSilentSamples - nSkipped * HOP), frameFor);
    this.#nFrames += nSkipped;
  }

  /** Completes the frames in which there is still something of the last samples. */
  finish(frameFor: FrameSink): void {
    const nTotal = Math.ceil((this.#nSamples + REACH) / HOP);
    const silence = new Float32Array(HOP);
    while (this.#nFrames < nTotal) this.#take(silence, (frame) => (frame < nTotal ? frameFor(frame) : null));
  }

  #take(samples: Float32Array, frameFor: FrameSink): void {
    for (let at = 0; at < samples.length; ) {
      const piece = samples.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      let end = piece.length;
      while (end > 0 && piece[end - 1] === 0) end--;
      if (end > 0) this.#soundEnd = this.#filled - piece.length + end;
      this.#computeFrames(frameFor);
    }
  }

  #computeFrames(frameFor: FrameSink): void {
    if (!this.#isMirrored) {
      if (this.#filled < 2 * REACH + 1) return;
      for (let i = 1; i <= REACH; i++) this.#buffer[REACH - i] = this.#buffer[REACH + i]!;
      this.#isMirrored = true;
    }
    let start = 0;
    for (; start + FFT_SIZE <= this.#filled; start += HOP) {
      const target = frameFor(this.#nFrames++);
      if (target === null) continue;
      if (this.#soundEnd <= start) target.values.fill(FLOOR, target.at, target.at + this.nMels);
      else this.#computeFrame(start, target.values, target.at);
    }
    this.#buffer.copyWithin(0, start, this.#filled);
    this.#filled -= start;
    this.#soundEnd = Math.max(0, this.#soundEnd - start);
  }

  #computeFrame(start: number, values: Float32Array, at: number): void {
    const power = this.#power;
    const { first, start: starts, weights } = this.#filters;
    this.#spectrum.compute(this.#buffer, start, power);
    let maximum = this.#maximum;
    for (let mel = 0; mel < first.length; mel++) {
      const end = starts[mel + 1]!;
      let sum = 0;
      for (let i = starts[mel]!, k = first[mel]!; i < end; i++, k++) sum += power[k]! * weights[i]!;
      const value = sum > 1e-10 ? Math.log10(sum) : FLOOR;
      if (value > maximum) maximum = value;
      values[at + mel] = value;
    }
    this.#maximum = maximum;
  }
}

/** Where to write a frame: `nMels` values from `at` on; null to leave the frame out. */
export type FrameSink = (frame: number) => { readonly values: Float32Array; readonly at: number } | null;

/** The filters without the zeros around them, one after the other. */
interface SparseFilters {
  /** Frequency of each filter's first weight. */
  readonly first: Int32Array;
  /** Where each filter's weights start; one more entry for the end. */
  readonly start: Int32Array;
  readonly weights: Float64Array;
}

function sparse(filters: Float32Array, nMels: number): SparseFilters {
  const first = new Int32Array(nMels);
  const start = new Int32Array(nMels + 1);
  const weights: number[] = [];
  for (let mel = 0; mel < nMels; mel++) {
    const filter = filters.subarray(mel * N_FREQUENCIES, (mel + 1) * N_FREQUENCIES);
    first[mel] = Math.max(
      0,
      filter.findIndex((weight) => weight !== 0),
    );
    const last = filter.findLastIndex((weight) => weight !== 0);
    weights.push(...filter.subarray(first[mel], last + 1));
    start[mel + 1] = weights.length;
  }
  return { first, start, weights: Float64Array.from(weights) };
}

/** Periodic Hann window. */
function hann(): Float64Array {
  return Float64Array.from(
    { length: FFT_SIZE },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FFT_SIZE),
  );
}
