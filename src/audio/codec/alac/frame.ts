import { BitReader } from "../bit-reader.js";
import type { AlacConfig } from "./config.js";
import { type Predictor, undoPrediction } from "./predictor.js";
import { readResiduals } from "./residuals.js";

/** Kinds of elements in a packet. */
const [SINGLE, PAIR, LFE, DATA, FILL, END] = [0, 1, 3, 4, 6, 7];

/** Takes packets apart into channels of integers; its working memory is used again and again. */
export class AlacFrames {
  readonly #config: AlacConfig;
  readonly #buffers: Int32Array[];

  constructor(config: AlacConfig) {
    this.#config = config;
    this.#buffers = Array.from({ length: config.nChannels }, () => new Int32Array(config.frameSamples));
  }

  /** One view a channel, valid until the next call; null for a packet that is invalid. */
  decode(packet: Uint8Array): Int32Array[] | null {
    const reader = new BitReader(packet);
    const channels: Int32Array[] = [];
    while (!reader.isPastEnd) {
      const kind = reader.uint(3);
      if (kind === END) break;
      if (kind === DATA) skipData(reader);
      else if (kind === FILL) skipFill(reader);
      else if (kind === SINGLE || kind === LFE || kind === PAIR) {
        const decoded = this.#element(packet, reader, channels.length, kind === PAIR ? 2 : 1);
        if (decoded === null) return null;
        channels.push(...decoded);
      } else return null;
      // Some encoders leave out the end mark.
      if (channels.length === this.#config.nChannels) break;
    }
    const isWhole = channels.length === this.#config.nChannels && !reader.isPastEnd;
    return isWhole && channels.every(({ length }) => length === channels[0]!.length) ? channels : null;
  }

  #element(packet: Uint8Array, reader: BitReader, first: number, nChannels: number): Int32Array[] | null {
    const { frameSamples, bitDepth } = this.#config;
    if (first + nChannels > this.#config.nChannels) return null;
    reader.position += 4 + 12; // its number, unused bits
    const hasLength = reader.uint(1) === 1;
    const extraBits = 8 * reader.uint(2); // low bits stored as they are
    const isUncompressed = reader.uint(1) === 1;
    const n = hasLength ? reader.uint(32) : frameSamples;
    if (n === 0 || n > frameSamples) return null;
    const channels = this.#buffers.slice(first, first + nChannels).map((buffer) => buffer.subarray(0, n));
    if (isUncompressed) {
      for (let i = 0; i < n; i++) for (const channel of channels) channel[i] = reader.int(bitDepth);
      return channels;
    }
    const nBits = bitDepth - extraBits + nChannels - 1; // a pair's difference has one bit more
    return nBits > 0 && nBits <= 32 && this.#compressed(packet, reader, channels, nBits, extraBits)
      ? channels
      : null;
  }

  #compressed(
    packet: Uint8Array,
    reader: BitReader,
    channels: readonly Int32Array[],
    nBits: number,
    extraBits: number,
  ): boolean {
    const { historyMultiplier, initialHistory, maxRiceBits: maxBits } = this.#config;
    const n = channels[0]!.length;
    const mixBits = reader.uint(8);
    const mixWeight = reader.int(8);
    const predictors = channels.map(() => readPredictor(reader));
    const extra = new BitReader(packet);
    extra.position = reader.position;
    reader.position += extraBits * n * channels.length;
    for (const [c, samples] of channels.entries()) {
      const { predictor, factor } = predictors[c]!;
      const multiplier = (historyMultiplier * factor) >> 2;
      const rice = { multiplier, initialMean: initialHistory, maxBits };
      if (!readResiduals(reader, rice, nBits, samples, n)) return false;
      undoPrediction(samples, n, predictor, nBits);
    }
    if (channels.length === 2 && mixWeight !== 0) unmix(channels[0]!, channels[1]!, mixBits, mixWeight);
    if (extraBits > 0)
      for (let i = 0; i < n; i++)
        for (const channel of channels) channel[i] = (channel[i]! << extraBits) | extra.uint(extraBits);
    return true;
  }
}

function readPredictor(reader: BitReader): { predictor: Predictor; factor: number } {
  const mode = reader.uint(4);
  const shift = reader.uint(4);
  const factor = reader.uint(3);
  const coefficients = new Int16Array(reader.uint(5));
  for (let i = 0; i < coefficients.length; i++) coefficients[i] = reader.int(16);
  return { predictor: { mode, shift, coefficients }, factor };
}

/** Left and right from their weighted sum and their difference. */
function unmix(sums: Int32Array, differences: Int32Array, mixBits: number, mixWeight: number): void {
  for (let i = 0; i < sums.length; i++) {
    const difference = differences[i]!;
    const left = (sums[i]! + difference - (Math.imul(mixWeight, difference) >> mixBits)) | 0;
    sums[i] = left;
    differences[i] = left - difference;
  }
}

/** Data that is not used here: a number, whether it begins at a whole byte, its size. */
function skipData(reader: BitReader): void {
  reader.position += 4;
  const isAligned = reader.uint(1) === 1;
  const short = reader.uint(8);
  const sizeBytes = short === 255 ? short + reader.uint(8) : short;
  if (isAligned) reader.align();
  reader.position += 8 * sizeBytes;
}

function skipFill(reader: BitReader): void {
  const short = reader.uint(4);
  const sizeBytes = short === 15 ? short + reader.uint(8) - 1 : short;
  reader.position += 8 * sizeBytes;
}
