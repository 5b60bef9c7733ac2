import { Mdct } from "../mdct.js";
import { EIGHT_SHORT, type IcsInfo, LONG_START, LONG_STOP } from "./ics-info.js";
import { type Slopes, slopesOf } from "./windows.js";

/** Full scale of the standard's samples: 16 bits. */
const FULL_SCALE = 32768;

/** What a channel keeps from one frame to the next. */
export class OverlapState {
  /** (frame length): the second half of the last frame's windowed samples. */
  readonly tail: Float64Array;
  /** The last frame's window shape: it says how this frame's window rises. */
  windowShape = 0;

  constructor(frameLength: number) {
    this.tail = new Float64Array(frameLength);
  }

  reset(): void {
    this.tail.fill(0);
    this.windowShape = 0;
  }
}

/** Spectra to sound (ISO/IEC 14496-3, 4.6.11): transform, window, and add what overlaps. For one frame length. */
export class FilterBank {
  readonly #frameLength: number;
  readonly #slopes: Slopes;
  readonly #long: Mdct;
  readonly #short: Mdct;
  /** (2 * frame length): a frame's windowed samples. */
  readonly #block: Float64Array;
  /** (2 * short length): one short window's. */
  readonly #shortBlock: Float64Array;

  /** @param frameLength 1024 or 960 coefficients */
  constructor(frameLength: number) {
    this.#frameLength = frameLength;
    this.#slopes = slopesOf(frameLength);
    this.#long = new Mdct(frameLength);
    this.#short = new Mdct(frameLength / 8);
    this.#block = new Float64Array(2 * frameLength);
    this.#shortBlock = new Float64Array(frameLength / 4);
  }

  /** The frame's samples, 1 being full scale. */
  synthesise(spectrum: Float64Array, info: IcsInfo, state: OverlapState): Float32Array {
    if (info.windowSequence === EIGHT_SHORT) this.#addShortWindows(spectrum, info, state);
    else this.#fillLongWindow(spectrum, info, state);
    const n = this.#frameLength;
    const block = this.#block;
    const { tail } = state;
    const samples = new Float32Array(n);
    for (let i = 0; i < n; i++) samples[i] = block[i]! + tail[i]!;
    tail.set(block.subarray(n));
    state.windowShape = info.windowShape;
    return samples;
  }

  /** The encoder's way, for a long window: `samples` (2 * frame length) are windowed in place and transformed. */
  analyse(samples: Float64Array, info: IcsInfo, state: OverlapState, spectrum: Float64Array): void {
    this.#shape(samples, info, state);
    this.#long.forward(samples, spectrum, 2 * FULL_SCALE);
  }

  /** The sound still overlapping, and nothing new: what is played for a frame that is lost. */
  fadeOut(state: OverlapState): Float32Array {
    const samples = Float32Array.from(state.tail);
    state.tail.fill(0);
    return samples;
  }

  #fillLongWindow(spectrum: Float64Array, info: IcsInfo, state: OverlapState): void {
    const n = this.#frameLength;
    const block = this.#block;
    this.#long.inverse(spectrum, 0, block, 2 / (2 * n) / FULL_SCALE);
    this.#shape(block, info, state);
  }

  /** Applies a long window: its first half as the frame before fell, its second half as this one does. */
  #shape(block: Float64Array, info: IcsInfo, state: OverlapState): void {
    const n = this.#frameLength;
    const { long, short } = this.#slopes;
    rise(block, 0, n, (info.windowSequence === LONG_STOP ? short : long)[state.windowShape]!);
    fall(block, n, n, (info.windowSequence === LONG_START ? short : long)[info.windowShape]!);
  }

  /** Eight windows in the middle of the frame, each overlapping half of the one before. */
  #addShortWindows(spectrum: Float64Array, info: IcsInfo, state: OverlapState): void {
    const n = this.#frameLength / 8;
    const block = this.#block;
    const shortBlock = this.#shortBlock;
    const slope = this.#slopes.short[info.windowShape]!;
    block.fill(0);
    const first = (this.#frameLength - n) / 2;
    for (let window = 0; window < 8; window++) {
      this.#short.inverse(spectrum, window * n, shortBlock, 2 / (2 * n) / FULL_SCALE);
      rise(shortBlock, 0, n, window === 0 ? this.#slopes.short[state.windowShape]! : slope);
      fall(shortBlock, n, n, slope);
      const at = first + window * n;
      for (let i = 0; i < 2 * n; i++) block[at + i]! += shortBlock[i]!;
    }
  }
}

/** Lets `length` samples rise: nothing, the slope in the middle, then all. */
function rise(samples: Float64Array, from: number, length: number, slope: Float64Array): void {
  const flat = (length - slope.length) / 2;
  samples.fill(0, from, from + flat);
  for (let i = 0; i < slope.length; i++) samples[from + flat + i]! *= slope[i]!;
}

/** The mirror of `rise`. */
function fall(samples: Float64Array, from: number, length: number, slope: Float64Array): void {
  const flat = (length - slope.length) / 2;
  samples.fill(0, from + length - flat, from + length);
  for (let i = 0; i < slope.length; i++) samples[from + flat + i]! *= slope[slope.length - 1 - i]!;
}
