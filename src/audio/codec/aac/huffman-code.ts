import type { BitReader } from "../bit-reader.js";

/** Codewords up to this length are looked up at once; longer ones are rare. */
const LOOKUP_BITS = 9;

/**
 * A prefix code whose codewords, in the order of their length, are consecutive numbers. All of AAC's are: so the
 * numbers of codewords of each length and the symbols in this order say everything.
 */
export class HuffmanCode {
  readonly #lookupBits: number;
  /** By the next bits: symbol * 32 + length; 0 where the codeword is longer. */
  readonly #lookup: Uint16Array;
  readonly #maxLength: number;
  readonly #counts: readonly number[];
  readonly #symbols: readonly number[];
  /** By length: the first codeword, and its place among the symbols. */
  readonly #firstCode: number[] = [];
  readonly #firstIndex: number[] = [];

  /**
   * @param counts codewords of length 1, 2, ...
   * @param symbols in the order of their codewords
   */
  constructor(counts: readonly number[], symbols: readonly number[]) {
    this.#counts = counts;
    this.#symbols = symbols;
    this.#maxLength = counts.length;
    this.#lookupBits = Math.min(LOOKUP_BITS, counts.length);
    this.#lookup = new Uint16Array(1 << this.#lookupBits);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= counts.length; length++) {
      code <<= 1;
      this.#firstCode[length] = code;
      this.#firstIndex[length] = index;
      const count = counts[length - 1]!;
      if (length <= this.#lookupBits) {
        const shift = this.#lookupBits - length;
        for (let i = 0; i < count; i++) {
          this.#lookup.fill(symbols[index + i]! * 32 + length, (code + i) << shift, (code + i + 1) << shift);
        }
      }
      code += count;
      index += count;
    }
  }

  /** How much of all bit strings the codewords cover: 1 for a complete code. */
  get coverage(): number {
    return this.#counts.reduce((sum, count, i) => sum + count / 2 ** (i + 1), 0);
  }

  /** All codewords, the shortest first. */
  *codewords(): Iterable<{ symbol: number; code: number; length: number }> {
    for (let length = 1; length <= this.#maxLength; length++) {
      for (let i = 0; i < this.#counts[length - 1]!; i++) {
        const symbol = this.#symbols[this.#firstIndex[length]! + i]!;
        yield { symbol, code: this.#firstCode[length]! + i, length };
      }
    }
  }

  decode(bits: BitReader): number {
    const word = bits.peek(this.#maxLength);
    const entry = this.#lookup[word >>> (this.#maxLength - this.#lookupBits)]!;
    if (entry !== 0) {
      bits.skip(entry & 31);
      return entry >>> 5;
    }
    let length = this.#lookupBits + 1;
    let offset = 0;
    // The code is complete, so some length fits.
    for (; length <= this.#maxLength; length++) {
      offset = (word >>> (this.#maxLength - length)) - this.#firstCode[length]!;
      if (offset < this.#counts[length - 1]!) break;
    }
    bits.skip(length);
    return this.#symbols[this.#firstIndex[length]! + offset]!;
  }
}
