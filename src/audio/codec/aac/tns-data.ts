import type { BitReader } from "../bit-reader.js";
import { BrokenFrame } from "./broken-frame.js";
import type { IcsInfo } from "./ics-info.js";

/** Highest filter order of short windows (ISO/IEC 14496-3, 4.6.9.4). */
const MAX_ORDER_SHORT = 7;

/** One filter of temporal noise shaping, over a range of bands of one window. */
export interface TnsFilter {
  readonly window: number;
  /** First band of the range, and the end. */
  readonly startBand: number;
  readonly endBand: number;
  /** Whether it runs from high to low frequencies. */
  readonly isDownward: boolean;
  /** a[1] to a[order] of the all-pole filter 1 / (1 + a[1] z^-1 + ...). */
  readonly lpc: Float64Array;
}

/** tns_data (4.4.2.7): the filters of each window, from high frequencies to low ones. */
export function readTns(bits: BitReader, info: IcsInfo, maxOrderLong: number): TnsFilter[] {
  const { isShort, nBands } = info;
  const maxOrder = isShort ? MAX_ORDER_SHORT : maxOrderLong;
  const filters: TnsFilter[] = [];
  for (let window = 0; window < (isShort ? 8 : 1); window++) {
    const nFilters = bits.uint(isShort ? 1 : 2);
    if (nFilters === 0) continue;
    const resolution = bits.uint(1) + 3;
    let endBand = nBands;
    for (let i = 0; i < nFilters; i++) {
      const startBand = Math.max(endBand - bits.uint(isShort ? 4 : 6), 0);
      const order = bits.uint(isShort ? 3 : 5);
      if (order > maxOrder) throw new BrokenFrame("filter order out of range");
      if (order > 0) {
        const isDownward = bits.flag();
        const coefficientBits = resolution - bits.uint(1);
        const reflections = Array.from({ length: order }, () =>
          reflection(bits.uint(coefficientBits), coefficientBits, resolution),
        );
        filters.push({ window, startBand, endBand, isDownward, lpc: lpcFrom(reflections) });
      }
      endBand = startBand;
    }
  }
  return filters;
}

/** A reflection coefficient from its two's complement of `nBits` (4.6.9.3). */
function reflection(coded: number, nBits: number, resolution: number): number {
  const value = coded >= 1 << (nBits - 1) ? coded - (1 << nBits) : coded;
  const steps = (1 << (resolution - 1)) + (value >= 0 ? -0.5 : 0.5);
  return Math.sin((value * Math.PI) / 2 / steps);
}

/** Levinson's step from reflection coefficients to those of the filter (4.6.9.3). */
function lpcFrom(reflections: readonly number[]): Float64Array {
  const lpc = new Float64Array(reflections.length);
  const before = new Float64Array(reflections.length);
  reflections.forEach((k, m) => {
    before.set(lpc);
    for (let i = 0; i < m; i++) lpc[i] = before[i]! + k * before[m - 1 - i]!;
    lpc[m] = k;
  });
  return lpc;
}
