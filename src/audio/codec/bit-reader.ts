/** Reads bits, most significant first. After the end there are zeros; `isPastEnd` tells. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** In bits from the start. */
  position: number;

  constructor(bytes: Uint8Array, startByte = 0) {
    this.#bytes = bytes;
    this.position = startByte * 8;
  }

  get isPastEnd(): boolean {
    return this.position > this.#bytes.length * 8;
  }

  /** Bits that are left; negative past the end. */
  get leftBits(): number {
    return this.#bytes.length * 8 - this.position;
  }

  /** The next 32 bits, as a signed integer, without moving on. */
  #peek(): number {
    const bytes = this.#bytes;
    const i = this.position >>> 3;
    const shift = this.position & 7;
    if (i + 5 > bytes.length) return this.#peekNearEnd(i, shift);
    const high = (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
    return (high << shift) | (bytes[i + 4]! >> (8 - shift));
  }

  #peekNearEnd(i: number, shift: number): number {
    let high = 0;
    for (let k = 0; k < 4; k++) high = (high << 8) | (this.#bytes[i + k] ?? 0);
    return (high << shift) | ((this.#bytes[i + 4] ?? 0) >> (8 - shift));
  }

  /** The next 1 to 32 bits as an unsigned integer, without moving on. */
  peek(nBits: number): number {
    const bytes = this.#bytes;
    const i = this.position >>> 3;
    if (nBits > 25 || i + 4 > bytes.length) return this.#peek() >>> (32 - nBits);
    const word = (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
    return (word << (this.position & 7)) >>> (32 - nBits);
  }

  /** An unsigned integer of 0 to 32 bits. */
  uint(nBits: number): number {
    if (nBits === 0) return 0;
    const value = this.peek(nBits);
    this.position += nBits;
    return value;
  }

  /** A two's complement integer of 0 to 33 bits. */
  int(nBits: number): number {
    if (nBits === 0) return 0;
    if (nBits === 33) return -(2 ** 32) * this.uint(1) + this.uint(32);
    const value = this.#peek() >> (32 - nBits);
    this.position += nBits;
    return value;
  }

  /** Counts zeros up to the next one, which is read too. */
  unary(): number {
    for (let count = 0; ; ) {
      const bits = this.#peek();
      if (bits !== 0) {
        const zeros = Math.clz32(bits);
        this.position += zeros + 1;
        return count + zeros;
      }
      count += 32;
      this.position += 32;
      if (this.isPastEnd) return count;
    }
  }

  /** One bit. */
  flag(): boolean {
    return this.uint(1) === 1;
  }

  skip(nBits: number): void {
    this.position += nBits;
  }

  /** Moves to the next whole byte and gives its offset. */
  align(): number {
    this.position = (this.position + 7) & ~7;
    return this.position >>> 3;
  }
}
