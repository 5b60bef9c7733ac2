import type { BitReader } from "../bit-reader.js";

/** How residuals are coded: the config's parameters, as a frame changes them. */
export interface RiceParameters {
  readonly multiplier: number;
  readonly initialMean: number;
  readonly maxBits: number;
}

/** More ones than this in a row, and the number follows as it is. */
const MAX_PREFIX = 9;
/** The mean counts in units of 1/512. */
const MEAN_SHIFT = 9;
/** Below a mean of a quarter, runs of zeros are coded. */
const RUN_BELOW = 1 << (MEAN_SHIFT - 2);
const MAX_MEAN = 0xffff;
const MAX_RUN_BITS = 16;

/**
 * Reads `n` residuals, coded by an adaptive Golomb-Rice code, into `out`. `nBits`: of numbers that are too large for it.
 * Returns false where the code is invalid.
 */
export function readResiduals(
  reader: BitReader,
  { multiplier, initialMean, maxBits }: RiceParameters,
  nBits: number,
  out: Int32Array,
  n: number,
): boolean {
  if (maxBits === 0) return false;
  let mean = initialMean;
  let bias = 0; // 1 after a run of zeros: the next number isn't 0
  for (let i = 0; i < n; ) {
    const bits = Math.min(31 - Math.clz32((mean >> MEAN_SHIFT) + 3), maxBits);
    const code = readCode(reader, bits, 2 ** bits - 1, nBits);
    const folded = code + bias;
    out[i++] = folded % 2 === 1 ? -((folded + 1) / 2) : folded / 2;
    mean = code > MAX_MEAN ? MAX_MEAN : mean + multiplier * folded - ((multiplier * mean) >> MEAN_SHIFT);
    bias = 0;
    if (mean >= RUN_BELOW || i >= n) continue;
    const runBits = Math.clz32(mean) - 24 + ((mean + 16) >> 6);
    const run = readCode(reader, runBits, (2 ** runBits - 1) & (2 ** maxBits - 1), MAX_RUN_BITS);
    if (run > n - i) return false;
    out.fill(0, i, i + run);
    i += run;
    bias = run < 65535 ? 1 : 0;
    mean = 0;
  }
  return !reader.isPastEnd;
}

/** A number as a quotient by `divisor`, in ones, and a rest of `bits` bits, whose first value is left out. */
function readCode(reader: BitReader, bits: number, divisor: number, nBits: number): number {
  const prefix = Math.clz32(~reader.peek(32));
  if (prefix >= MAX_PREFIX) {
    reader.position += MAX_PREFIX;
    return reader.uint(nBits);
  }
  reader.position += prefix + 1;
  if (bits === 1) return prefix * divisor;
  const rest = reader.peek(bits);
  reader.position += rest > 1 ? bits : bits - 1;
  return prefix * divisor + Math.max(0, rest - 1);
}
