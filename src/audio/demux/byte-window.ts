import type { ByteSource } from "../input/byte-source.js";

/** Bytes asked for at once. */
const READ_BYTES = 1 << 16;

/**
 * A window that moves forward over a source's bytes, for parsers that look ahead.
 */
export class ByteWindow {
  readonly #source: ByteSource;
  /** Offset in the source of `bytes[0]`. */
  #start: number;
  /** Offset at which reading stops, the end of the source by default. */
  readonly #end: number;
  readonly #releases: boolean;
  #isAtEnd = false;
  bytes: Uint8Array = new Uint8Array(0);
  /** Position of the parser within `bytes`. */
  at = 0;

  /** `releases`: releases the bytes that the parser has passed; not for a look ahead that is read again. */
  constructor(source: ByteSource, start: number, end = Number.POSITIVE_INFINITY, releases = true) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#releases = releases;
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
    while (this.available < lengthBytes && !this.#isAtEnd) await this.#readMore(lengthBytes - this.available);
    return this.available >= lengthBytes;
  }

  async #readMore(missingBytes: number): Promise<void> {
    const source = this.#source;
    const start = this.offset;
    const from = start + this.available;
    // Half as much again, so that a window which grows step by step is not copied each time.
    const wanted = Math.min(Math.max(missingBytes, READ_BYTES, this.available >> 1), this.#end - from);
    if (this.#releases) source.release(start);
    const more = wanted > 0 ? await (source.readSome ?? source.read).call(source, from, wanted) : [];
    this.#isAtEnd = more.length === 0;
    const joined = new Uint8Array(this.available + more.length);
    joined.set(this.bytes.subarray(this.at));
    joined.set(more, this.available);
    this.bytes = joined;
    this.#start = start;
    this.at = 0;
  }
}
