import type { BitReader } from "../bit-reader.js";
import { forEachBand } from "./bands-of-windows.js";
import { BrokenFrame } from "./broken-frame.js";
import type { ChannelStream } from "./channel-stream.js";
import { ESCAPE, SPECTRAL_BOOKS, type SpectralBook } from "./codebooks.js";
import type { IcsInfo } from "./ics-info.js";

/** The book whose largest values stand for an escape sequence. */
const ESCAPE_BOOK = 11;
/** Largest coefficient that can be coded, and what 4 pulses may add to it. */
const MAX_QUANTISED = 8191 + 4 * 15;
/** Scale factor that means a factor of 1 (ISO/IEC 14496-3, 4.6.2.3). */
const SCALE_FACTOR_OFFSET = 100;

/** |q|^(4/3) (4.6.1.3). */
const POWER_4_3 = Float64Array.from({ length: MAX_QUANTISED + 1 }, (_, q) => q * Math.cbrt(q));

/** 2^((scaleFactor - 100) / 4). */
const GAINS = Float64Array.from({ length: 256 }, (_, factor) => 2 ** ((factor - SCALE_FACTOR_OFFSET) / 4));

/** A peak coded apart from its neighbours (4.4.2.7, pulse_data). */
export interface Pulse {
  readonly at: number;
  readonly amplitude: number;
}

export function readPulses(bits: BitReader, info: IcsInfo): Pulse[] {
  if (info.isShort) throw new BrokenFrame("pulses in short windows");
  const count = bits.uint(2) + 1;
  const band = bits.uint(6);
  if (band >= info.nBands) throw new BrokenFrame("pulse behind the last band");
  let at = info.bandStarts[band]!;
  const pulses: Pulse[] = [];
  for (let i = 0; i < count; i++) {
    at += bits.uint(5);
    if (at >= info.bandStarts[info.nBands]!) throw new BrokenFrame("pulse behind the last band");
    pulses.push({ at, amplitude: bits.uint(4) });
  }
  return pulses;
}

/** spectral_data (4.6.3.3): group by group, band by band, and in each band window by window. */
export function readSpectrum(
  bits: BitReader,
  { info, quantised, codebooks, shortLength }: ChannelStream,
): void {
  quantised.fill(0);
  forEachBand(info, shortLength, (index, start, end) => {
    const number = codebooks[index]!;
    const book = SPECTRAL_BOOKS[number];
    if (!book) return;
    if (number === ESCAPE_BOOK) readEscaped(bits, book, quantised, start, end);
    else if (book.isUnsigned) readUnsigned(bits, book, quantised, start, end);
    else readSigned(bits, book, quantised, start, end);
    if (bits.isPastEnd) throw new BrokenFrame("spectrum ends after the packet");
  });
}

function readSigned(bits: BitReader, book: SpectralBook, into: Int32Array, start: number, end: number): void {
  const { code, dimension, values } = book;
  for (let at = start; at < end; at += dimension) {
    const first = code.decode(bits) * dimension;
    for (let i = 0; i < dimension; i++) into[at + i] = values[first + i]!;
  }
}

function readUnsigned(
  bits: BitReader,
  book: SpectralBook,
  into: Int32Array,
  start: number,
  end: number,
): void {
  const { code, dimension, values } = book;
  for (let at = start; at < end; at += dimension) {
    const first = code.decode(bits) * dimension;
    for (let i = 0; i < dimension; i++) {
      const value = values[first + i]!;
      if (value !== 0) into[at + i] = bits.uint(1) ? -value : value;
    }
  }
}

/** Both signs come before the first escape sequence. */
function readEscaped(
  bits: BitReader,
  book: SpectralBook,
  into: Int32Array,
  start: number,
  end: number,
): void {
  const { code, values } = book;
  for (let at = start; at < end; at += 2) {
    const symbol = code.decode(bits) * 2;
    const first = values[symbol]!;
    const second = values[symbol + 1]!;
    const isFirstNegative = first !== 0 && bits.uint(1) === 1;
    const isSecondNegative = second !== 0 && bits.uint(1) === 1;
    const wholeFirst = first === ESCAPE ? readEscape(bits) : first;
    const wholeSecond = second === ESCAPE ? readEscape(bits) : second;
    into[at] = isFirstNegative ? -wholeFirst : wholeFirst;
    into[at + 1] = isSecondNegative ? -wholeSecond : wholeSecond;
  }
}

/** n ones, a zero, and n + 4 bits below a leading one: 16 to 8191. */
function readEscape(bits: BitReader): number {
  let nBits = 4;
  while (bits.uint(1) === 1) {
    if (++nBits > 12) throw new BrokenFrame("escape sequence too long");
  }
  return (1 << nBits) + bits.uint(nBits);
}

/** Quantised numbers to coefficients (4.6.1, 4.6.2); bands without coefficients become 0. */
export function dequantise({
  info,
  quantised,
  spectrum,
  codebooks,
  scaleFactors,
  shortLength,
}: ChannelStream): void {
  spectrum.fill(0);
  forEachBand(info, shortLength, (index, start, end) => {
    if (!SPECTRAL_BOOKS[codebooks[index]!]) return;
    const gain = GAINS[scaleFactors[index]!]!;
    for (let i = start; i < end; i++) {
      const q = quantised[i]!;
      spectrum[i] = q < 0 ? -POWER_4_3[-q]! * gain : POWER_4_3[q]! * gain;
    }
  });
}
