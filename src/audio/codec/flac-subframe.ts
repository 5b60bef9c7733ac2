import type { BitReader } from "./bit-reader.js";

/** Thrown for bits that no encoder writes. The decoder always catches it. */
export class DamagedFrame extends Error {}

/**
 * Decodes one channel of a FLAC frame (RFC 9639, 9.2) into `samples`, integers of up to 33 bits. All sums stay below
 * 2^53, so doubles hold them exactly.
 */
export function decodeSubframe(reader: BitReader, bits: number, samples: Float64Array): void {
  if (reader.uint(1) !== 0) throw new DamagedFrame();
  const type = reader.uint(6);
  const wasted = reader.uint(1) === 0 ? 0 : reader.unary() + 1;
  const width = bits - wasted;
  if (width < 1) throw new DamagedFrame();
  if (type === 0) samples.fill(reader.int(width));
  else if (type === 1) for (let i = 0; i < samples.length; i++) samples[i] = reader.int(width);
  else if (type >= 8 && type <= 12) decodeFixed(reader, width, type - 8, samples);
  else if (type >= 32) decodeLinear(reader, width, type - 31, samples);
  else throw new DamagedFrame();
  if (reader.isPastEnd) throw new DamagedFrame();
  if (wasted > 0) for (let i = 0; i < samples.length; i++) samples[i]! *= 2 ** wasted;
}

/** Coefficients of the fixed predictors, nearest sample first. */
const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

function decodeFixed(reader: BitReader, width: number, order: number, samples: Float64Array): void {
  readWarmUp(reader, width, order, samples);
  readResidual(reader, order, samples);
  predict(samples, FIXED[order]!, 0);
}

function decodeLinear(reader: BitReader, width: number, order: number, samples: Float64Array): void {
  readWarmUp(reader, width, order, samples);
  const precision = reader.uint(4) + 1;
  const shift = reader.int(5);
  if (precision === 16 || shift < 0) throw new DamagedFrame();
  const coefficients = Array.from({ length: order }, () => reader.int(precision));
  readResidual(reader, order, samples);
  predict(samples, coefficients, shift);
}

function readWarmUp(reader: BitReader, width: number, order: number, samples: Float64Array): void {
  if (order > samples.length) throw new DamagedFrame();
  for (let i = 0; i < order; i++) samples[i] = reader.int(width);
}

/** Adds to each residual what the samples before it predict. */
function predict(samples: Float64Array, coefficients: readonly number[], shift: number): void {
  const order = coefficients.length;
  const taps = Float64Array.from(coefficients);
  const scale = 2 ** -shift;
  for (let i = order; i < samples.length; i++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += taps[k]! * samples[i - 1 - k]!;
    samples[i]! += shift === 0 ? sum : Math.floor(sum * scale);
  }
}

/** Rice codes in partitions, each with its own parameter, or plain integers where the parameter is all ones. */
function readResidual(reader: BitReader, order: number, samples: Float64Array): void {
  const method = reader.uint(2);
  if (method > 1) throw new DamagedFrame();
  const parameterBits = method === 0 ? 4 : 5;
  const plain = (1 << parameterBits) - 1;
  const nPartitions = 1 << reader.uint(4);
  const partitionSize = samples.length / nPartitions;
  if (!Number.isInteger(partitionSize) || partitionSize < order) throw new DamagedFrame();
  for (let i = order, partition = 1; partition <= nPartitions; partition++) {
    const end = partition * partitionSize;
    const parameter = reader.uint(parameterBits);
    if (parameter === plain) {
      const width = reader.uint(5);
      for (; i < end; i++) samples[i] = reader.int(width);
    } else {
      // A power for each sample would take longer than all the rest.
      const scale = 2 ** parameter;
      for (; i < end; i++) {
        const code = reader.unary() * scale + reader.uint(parameter); // may have bits above the 32nd
        const half = Math.floor(code / 2);
        samples[i] = half * 2 === code ? half : -half - 1; // even codes are positive, odd ones negative
      }
    }
    if (reader.isPastEnd) throw new DamagedFrame();
  }
}
