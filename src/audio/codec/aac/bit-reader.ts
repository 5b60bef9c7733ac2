/** Bytes after the data that can be looked at: zeros. */
const PADDING_BYTES = 8;

/** Reads bits, the most significant first. Bits after the end read as 0; `isPastEnd` says so. */
export class BitReader {
  #bytes = new Uint8Array(2048);
  #sizeBits = 0;
  /** Bits read so far. */
  position = 0;

  /** Starts with other data; it is copied. */
  load(data: Uint8Array): void {
    if (this.#bytes.length < data.length + PADDING_BYTES) {
      this.#bytes = new Uint8Array(2 * data.length + PADDING_BYTES);
    }
    this.#bytes.set(data);
    this.#bytes.fill(0, data.length, data.length + PADDING_BYTES);
    this.#sizeBits = data.length * 8;
    this.position = 0;
  }

  get isPastEnd(): boolean {
    return this.position > this.#sizeBits;
  }

  /** Bits that are left; negative past the end. */
  get leftBits(): number {
    return this.#sizeBits - this.position;
  }

  /** The next `nBits` (1 to 25) without going on. */
  peek(nBits: number): number {
    const position = this.position;
    if (position >= this.#sizeBits) return 0;
    const bytes = this.#bytes;
    const at = position >>> 3;
    const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return (word << (position & 7)) >>> (32 - nBits);
  }

  /** The next `nBits` (1 to 25). */
  read(nBits: number): number {
    const value = this.peek(nBits);
    this.position += nBits;
    return value;
  }

  flag(): boolean {
    return this.read(1) === 1;
  }

  skip(nBits: number): void {
    this.position += nBits;
  }

  /** Goes on to the next whole byte, counted from the start of the data. */
  align(): void {
    this.position = (this.position + 7) & ~7;
  }
}
