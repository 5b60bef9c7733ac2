import type { BitReader } from "../bit-reader.js";
import { MAIN } from "./audio-specific-config.js";
import { BrokenFrame } from "./broken-frame.js";
import {
  type ChannelStream,
  INTENSITY_BOOK_OUT_OF_PHASE,
  NOISE_BOOK,
  RESERVED_BOOK,
  ZERO_BOOK,
} from "./channel-stream.js";
import { SCALE_FACTOR_CODE } from "./codebooks.js";
import { dequantise, readPulses, readSpectrum } from "./spectrum.js";
import { readTns } from "./tns-data.js";

/** Highest order of temporal noise shaping in long windows (4.6.9.4). */
const MAX_TNS_ORDER = 12;
const MAX_TNS_ORDER_MAIN = 20;
/** Added to the global gain for the first noise energy (4.6.13.3), besides the 256 of its own offset. */
const NOISE_OFFSET = 90;
/** Noise energies and intensity positions beyond are nonsense. */
const MAX_EXPONENT = 255;

/**
 * Reads an individual_channel_stream (ISO/IEC 14496-3, 4.4.2.7) and dequantises it.
 *
 * @param readOwnInfo reads ics_info where it is the channel's own; null where a pair has it in common
 */
export function readChannel(
  bits: BitReader,
  stream: ChannelStream,
  readOwnInfo: (() => void) | null,
  objectType: number,
): void {
  const globalGain = bits.uint(8);
  readOwnInfo?.();
  readSections(bits, stream);
  readScaleFactors(bits, stream, globalGain);
  const pulses = bits.flag() ? readPulses(bits, stream.info) : [];
  stream.tnsFilters = bits.flag()
    ? readTns(bits, stream.info, objectType === MAIN ? MAX_TNS_ORDER_MAIN : MAX_TNS_ORDER)
    : [];
  if (bits.flag()) throw new BrokenFrame("gain control belongs to another profile");
  readSpectrum(bits, stream);
  for (const { at, amplitude } of pulses) {
    const value = stream.quantised[at]!;
    stream.quantised[at] = value > 0 ? value + amplitude : value - amplitude;
  }
  dequantise(stream);
}

/** section_data: runs of bands with the same codebook. */
function readSections(bits: BitReader, { info, codebooks }: ChannelStream): void {
  const { maxBand, nGroups, isShort } = info;
  const lengthBits = isShort ? 3 : 5;
  const goesOn = (1 << lengthBits) - 1;
  for (let group = 0; group < nGroups; group++) {
    for (let band = 0; band < maxBand; ) {
      const book = bits.uint(4);
      if (book === RESERVED_BOOK) throw new BrokenFrame("reserved codebook");
      let end = band;
      let part: number;
      do {
        part = bits.uint(lengthBits);
        end += part;
        if (end > maxBand) throw new BrokenFrame("section after the last band");
      } while (part === goesOn);
      if (bits.isPastEnd) throw new BrokenFrame("sections end after the packet");
      codebooks.fill(book, group * maxBand + band, group * maxBand + end);
      band = end;
    }
  }
}

/** scale_factor_data (4.6.2.3, 4.6.8.2.3, 4.6.13.3): three running values, each coded by its differences. */
function readScaleFactors(bits: BitReader, stream: ChannelStream, globalGain: number): void {
  const { info, codebooks, scaleFactors } = stream;
  const nBands = info.nGroups * info.maxBand;
  let scaleFactor = globalGain;
  let intensity = 0;
  let noise = globalGain - NOISE_OFFSET;
  let isFirstNoise = true;
  for (let i = 0; i < nBands; i++) {
    const book = codebooks[i]!;
    if (book === ZERO_BOOK) {
      scaleFactors[i] = 0;
    } else if (book === NOISE_BOOK) {
      noise += isFirstNoise ? bits.uint(9) - 256 : SCALE_FACTOR_CODE.decode(bits) - 60;
      isFirstNoise = false;
      if (Math.abs(noise) > MAX_EXPONENT) throw new BrokenFrame("noise energy out of range");
      scaleFactors[i] = noise;
    } else if (book >= INTENSITY_BOOK_OUT_OF_PHASE) {
      intensity += SCALE_FACTOR_CODE.decode(bits) - 60;
      if (Math.abs(intensity) > MAX_EXPONENT) throw new BrokenFrame("intensity position out of range");
      scaleFactors[i] = intensity;
    } else {
      scaleFactor += SCALE_FACTOR_CODE.decode(bits) - 60;
      if (scaleFactor < 0 || scaleFactor > 255) throw new BrokenFrame("scale factor out of range");
      scaleFactors[i] = scaleFactor;
    }
  }
}
