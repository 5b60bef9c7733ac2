import type { BitReader } from "../bit-reader.js";
import { BrokenFrame } from "./broken-frame.js";
import type { Bands } from "./scale-factor-bands.js";

/** The window sequences of a frame (ISO/IEC 14496-3, 4.6.11). */
export const ONLY_LONG = 0;
export const LONG_START = 1;
export const EIGHT_SHORT = 2;
export const LONG_STOP = 3;

/** How a frame's windows are grouped and divided into bands: ics_info (4.4.2.1), common to both channels of a pair or not. */
export class IcsInfo {
  readonly bands: Bands;
  windowSequence = ONLY_LONG;
  /** 1: Kaiser-Bessel-derived, 0: sine. */
  windowShape = 0;
  /** Bands that are coded, in each group. */
  maxBand = 0;
  nGroups = 1;
  /** Windows of each group. */
  readonly groupWindows = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  /** First coefficient of each band in its window, and the end. */
  bandStarts: Uint16Array;

  constructor(bands: Bands) {
    this.bands = bands;
    this.bandStarts = bands.long;
  }

  get isShort(): boolean {
    return this.windowSequence === EIGHT_SHORT;
  }

  /** All bands of a window, coded or not. */
  get nBands(): number {
    return this.bandStarts.length - 1;
  }

  /** Reads all but what prediction adds; returns whether that follows. */
  read(bits: BitReader): boolean {
    bits.skip(1);
    this.windowSequence = bits.uint(2);
    this.windowShape = bits.uint(1);
    let hasPrediction = false;
    if (this.isShort) {
      this.maxBand = bits.uint(4);
      this.#readGroups(bits.uint(7));
      this.bandStarts = this.bands.short;
    } else {
      this.maxBand = bits.uint(6);
      this.nGroups = 1;
      this.groupWindows[0] = 1;
      this.bandStarts = this.bands.long;
      hasPrediction = bits.flag();
    }
    if (this.maxBand > this.nBands) throw new BrokenFrame("more bands than a window has");
    return hasPrediction;
  }

  copyFrom(other: IcsInfo): void {
    this.windowSequence = other.windowSequence;
    this.windowShape = other.windowShape;
    this.maxBand = other.maxBand;
    this.nGroups = other.nGroups;
    this.groupWindows.set(other.groupWindows);
    this.bandStarts = other.bandStarts;
  }

  /** A set bit: the next window belongs to the group before. */
  #readGroups(grouping: number): void {
    this.nGroups = 1;
    this.groupWindows[0] = 1;
    for (let bit = 6; bit >= 0; bit--) {
      if ((grouping >> bit) & 1) this.groupWindows[this.nGroups - 1]!++;
      else this.groupWindows[this.nGroups++] = 1;
    }
  }
}
