import { bitLength, type VorbisBits } from "./bits.js";

/** Bits that one look at the table decodes. */
const TABLE_BITS = 10;
/** Larger books than these are no encoder's. */
const MAX_ENTRIES = 1 << 20;
const MAX_VALUES = 1 << 22;

/** A codebook (Vorbis I, 3): code words for entries, each of which may stand for a vector. */
export class Codebook {
  readonly dimensions: number;
  readonly #lengths: Uint8Array;
  /** By the next TABLE_BITS bits: the entry times 32, plus the bits it takes; -1 for longer or no words. */
  #table: Int32Array | null = null;
  /** Words longer than the table's, by bits from 1 on before the word's bits. */
  readonly #long = new Map<number, number>();
  /** (nEntries, dimensions), null for a book without vectors. */
  readonly vectors: Float32Array | null;

  private constructor(dimensions: number, lengths: Uint8Array, vectors: Float32Array | null) {
    this.dimensions = dimensions;
    this.#lengths = lengths;
    this.vectors = vectors;
  }

  /** Reads a book from the setup header, null where it is invalid. */
  static read(bits: VorbisBits): Codebook | null {
    if (bits.uint(24) !== 0x564342) return null;
    const dimensions = bits.uint(16);
    const nEntries = bits.uint(24);
    if (dimensions === 0 || nEntries > MAX_ENTRIES) return null;
    const lengths = bits.flag() ? orderedLengths(bits, nEntries) : plainLengths(bits, nEntries);
    if (lengths === null || bits.isPastEnd) return null;
    const type = bits.uint(4);
    if (type === 0) return new Codebook(dimensions, lengths, null);
    if (type > 2 || nEntries * dimensions > MAX_VALUES) return null;
    const vectors = readVectors(bits, type, nEntries, dimensions);
    return bits.isPastEnd ? null : new Codebook(dimensions, lengths, vectors);
  }

  /** Reads a word and gives its entry; -1 where there is none. */
  decode(bits: VorbisBits): number {
    this.#table ??= this.#makeTable();
    const found = this.#table[bits.peek(TABLE_BITS)]!;
    if (found >= 0) {
      bits.position += found & 31;
      return bits.isPastEnd ? -1 : found >> 5;
    }
    let word = 1;
    for (let length = 1; length <= 32; length++) {
      word = word * 2 + bits.uint(1);
      const entry = length > TABLE_BITS ? this.#long.get(word) : undefined;
      if (entry !== undefined) return bits.isPastEnd ? -1 : entry;
    }
    return -1;
  }

  /** Each entry takes the first word of its length that begins with no word so far (Vorbis I, 3.2.1). */
  #makeTable(): Int32Array {
    const table = new Int32Array(1 << TABLE_BITS).fill(-1);
    const used = this.#lengths.reduce((n, length) => n + (length > 0 ? 1 : 0), 0);
    /** The next free word of each length. */
    const free = new Float64Array(33);
    this.#lengths.forEach((length, entry) => {
      if (length === 0) return;
      const word = free[length]!;
      if (word >= 2 ** length) return; // more words than there can be
      // What begins with the word is taken, in all lengths.
      for (let l = length; l > 0; l--) {
        if (free[l]! % 2 === 1) {
          free[l] = l === 1 ? 2 : free[l - 1]! * 2;
          break;
        }
        free[l]! += 1;
      }
      for (let l = length + 1, taken = word; l <= 32 && Math.floor(free[l]! / 2) === taken; l++) {
        taken = free[l]!;
        free[l] = free[l - 1]! * 2;
      }
      if (length > TABLE_BITS) this.#long.set(2 ** length + word, entry);
      else {
        const step = used === 1 ? 1 : 1 << length; // a single word: either bit means it
        for (let i = used === 1 ? 0 : reversed(word, length); i < table.length; i += step) {
          table[i] = entry * 32 + length;
        }
      }
    });
    return table;
  }
}

function plainLengths(bits: VorbisBits, nEntries: number): Uint8Array {
  const lengths = new Uint8Array(nEntries);
  const isSparse = bits.flag();
  for (let i = 0; i < nEntries && !bits.isPastEnd; i++)
    lengths[i] = isSparse && !bits.flag() ? 0 : bits.uint(5) + 1;
  return lengths;
}

function orderedLengths(bits: VorbisBits, nEntries: number): Uint8Array | null {
  const lengths = new Uint8Array(nEntries);
  let length = bits.uint(5) + 1;
  for (let entry = 0; entry < nEntries; length++) {
    const count = bits.uint(bitLength(nEntries - entry));
    if (length > 32 || entry + count > nEntries || bits.isPastEnd) return null;
    lengths.fill(length, entry, entry + count);
    entry += count;
  }
  return lengths;
}

function readVectors(bits: VorbisBits, type: number, nEntries: number, dimensions: number): Float32Array {
  const minimum = float32(bits.uint(32));
  const delta = float32(bits.uint(32));
  const valueBits = bits.uint(4) + 1;
  const isSequence = bits.flag();
  const nValues = type === 1 ? gridSize(nEntries, dimensions) : nEntries * dimensions;
  const values = Float64Array.from({ length: nValues }, () => bits.uint(valueBits) * delta + minimum);
  const vectors = new Float32Array(nEntries * dimensions);
  for (let entry = 0; entry < nEntries; entry++) {
    for (let d = 0, last = 0, rest = entry; d < dimensions; d++) {
      const value = values[type === 1 ? rest % nValues : entry * dimensions + d]! + last;
      rest = Math.floor(rest / nValues);
      vectors[entry * dimensions + d] = value;
      if (isSequence) last = value;
    }
  }
  return vectors;
}

/** The largest n for which n to the power of `dimensions` is no more than `nEntries`. */
function gridSize(nEntries: number, dimensions: number): number {
  let n = Math.floor(nEntries ** (1 / dimensions));
  while ((n + 1) ** dimensions <= nEntries) n++;
  while (n > 0 && n ** dimensions > nEntries) n--;
  return n;
}

/** Vorbis's own floating point: 21 bits of mantissa, 10 of exponent, a sign. */
function float32(bits: number): number {
  const mantissa = bits & 0x1fffff;
  const exponent = (bits >>> 21) & 0x3ff;
  return (bits >>> 31 ? -mantissa : mantissa) * 2 ** (exponent - 788);
}

function reversed(word: number, length: number): number {
  let result = 0;
  for (let i = 0; i < length; i++) result |= ((word >> i) & 1) << (length - 1 - i);
  return result;
}
