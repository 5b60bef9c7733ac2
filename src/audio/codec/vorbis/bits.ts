/** Reads bits, least significant first, as Vorbis packs them. After the end there are zeros; `isPastEnd` tells. */
export class VorbisBits {
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

  /** The next 0 to 24 bits without moving on. */
  peek(nBits: number): number {
    const bytes = this.#bytes;
    const i = this.position >>> 3;
    const word =
      i + 4 <= bytes.length
        ? bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
        : (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16);
    return (word >>> (this.position & 7)) & ((1 << nBits) - 1);
  }

  /** An unsigned integer of 0 to 32 bits. */
  uint(nBits: number): number {
    if (nBits > 16) return this.uint(16) + this.uint(nBits - 16) * 65536;
    const value = this.peek(nBits);
    this.position += nBits;
    return value;
  }

  flag(): boolean {
    return this.uint(1) === 1;
  }
}

/** Bits that `value` takes. */
export const bitLength = (value: number): number => 32 - Math.clz32(value);
