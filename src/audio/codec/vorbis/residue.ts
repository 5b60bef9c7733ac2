import type { VorbisBits } from "./bits.js";
import type { Codebook } from "./codebook.js";
import type { Residue } from "./setup.js";

const N_PASSES = 8;

/**
 * Adds the residue of some channels to `channels`, of `length` values each; null stands for a channel that is silent and
 * not coded. Where the packet ends early, what has come is kept (Vorbis I, 8.6).
 */
export function decodeResidue(
  bits: VorbisBits,
  residue: Residue,
  codebooks: readonly Codebook[],
  channels: readonly (Float64Array | null)[],
  length: number,
): void {
  if (channels.every((channel) => channel === null)) return;
  if (residue.type !== 2) {
    decodeVectors(bits, residue, codebooks, channels, length);
    return;
  }
  // Type 2: all channels as one vector, a value of each in turn.
  const joined = new Float64Array(length * channels.length);
  decodeVectors(bits, { ...residue, type: 1 }, codebooks, [joined], joined.length);
  channels.forEach((channel, c) => {
    for (let i = 0; channel !== null && i < length; i++) channel[i]! += joined[i * channels.length + c]!;
  });
}

function decodeVectors(
  bits: VorbisBits,
  residue: Residue,
  codebooks: readonly Codebook[],
  channels: readonly (Float64Array | null)[],
  length: number,
): void {
  const { partitionSize, books } = residue;
  const classBook = codebooks[residue.classBook]!;
  const begin = Math.min(residue.begin, length);
  const nPartitions = Math.floor((Math.min(residue.end, length) - begin) / partitionSize);
  const classes = channels.map(() => new Uint8Array(Math.max(0, nPartitions)));
  for (let pass = 0; pass < N_PASSES; pass++) {
    for (let first = 0; first < nPartitions; first += classBook.dimensions) {
      const last = Math.min(first + classBook.dimensions, nPartitions);
      for (let c = 0; pass === 0 && c < channels.length; c++) {
        if (channels[c] === null) continue;
        let word = classBook.decode(bits);
        if (word < 0) return;
        for (let i = first + classBook.dimensions - 1; i >= first; i--) {
          if (i < last) classes[c]![i] = word % books.length;
          word = Math.floor(word / books.length);
        }
      }
      for (let partition = first; partition < last; partition++) {
        for (let c = 0; c < channels.length; c++) {
          const channel = channels[c]!;
          const book = channel === null ? -1 : books[classes[c]![partition]!]![pass]!;
          const at = begin + partition * partitionSize;
          if (book >= 0 && !addPartition(bits, residue, codebooks[book]!, channel!, at)) return;
        }
      }
    }
  }
}

/** Adds one partition's vectors; false at the packet's end. */
function addPartition(
  bits: VorbisBits,
  { type, partitionSize }: Residue,
  book: Codebook,
  channel: Float64Array,
  at: number,
): boolean {
  const { dimensions } = book;
  const vectors = book.vectors!;
  // Type 0 spreads a vector over the partition, type 1 keeps it together.
  const nVectors = Math.floor(partitionSize / dimensions);
  const stride = type === 0 ? nVectors : 1;
  for (let i = 0; i < nVectors; i++) {
    const entry = book.decode(bits);
    if (entry < 0) return false;
    const start = at + (type === 0 ? i : i * dimensions);
    for (let d = 0; d < dimensions; d++) channel[start + d * stride]! += vectors[entry * dimensions + d]!;
  }
  return true;
}
