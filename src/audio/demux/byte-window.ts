import type { ByteSource } from "../input/byte-source-interface.js";

/** Bytes asked for at once. */
const READ_BYTES = 1 << 16;

/**
 * A window that moves forward over a source's bytes, for parsers that look ahead. What lies behind the parser is
 * released whenever more is read.
 */
export class ByteWindow {
  readonly #source: ByteSource;
  /** Offset in the source of `bytes[0]`. */
  #start: number;
  /** Offset at which reading stops, the end of the source by default. */
  readonly #end: number;
  #isAtEnd = false;
  bytes: Uint8Array = new Uint8Array(0);
  /** Position of the parser within `bytes`. */
  at = 0;

  constructor(source: ByteSource, start: number, end = Number.POSITIVE_INFINITY) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
  }

  /** Offset of the parser in the source. */
  get offset(): number {
    return this.#start + this.at;
  }

  /** Bytes from the parser's position to the end of the window. */
  get available(): number {
    return this.bytes.length - this.at;
  }

  /** Moves on, beyond what is read too. */
  skip(lengthBytes: number): void {
    if (lengthBytes <= this.available) {
      this.at += lengthBytes;
      return;
    }
    this.#start = this.offset + lengthBytes;
    this.bytes = new Uint8Array(0);
    this.at = 0;
  }

  /** Makes at least `lengthBytes` available, or all that are left; false when there are fewer. */
  async ensure(lengthBytes: number): Promise<boolean> {
    if (this.available >= lengthBytes) return true;
    if (this.#isAtEnd) return false;
    const start = this.offset;
    const from = start + this.available;
    // Half as much again, so that a window which grows step by step is not copied each time.
    const wanted = Math.max(lengthBytes - this.available, READ_BYTES, this.available >> 1);
    const nBytes = Math.min(wanted, this.#end - from);
    this.#source.release(start);
    const more = nBytes > 0 ? await this.#source.read(from, nBytes) : new Uint8Array(0);
    this.#isAtEnd = more.length < wanted;
    if (more.length > 0) {
      const joined = new Uint8Array(this.available + more.length);
      joined.set(this.bytes.subarray(this.at));
      joined.set(more, this.available);
      this.bytes = joined;
      this.#start = start;
      this.at = 0;
    }
    return this.available >= lengthBytes;
  }
}
