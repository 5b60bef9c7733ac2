import type { ByteSource } from "../input/index.js";

/** A window that slides forward over a source's bytes, for parsers that look ahead. */
export class ByteWindow {
  readonly #source: ByteSource;
  /** Offset in the source of `bytes[0]`. */
  #start: number;
  bytes: Uint8Array = new Uint8Array(0);
  /** Position of the parser within `bytes`. */
  at = 0;

  /** Offset in the source where the window stops. */
  readonly #end: number;

  constructor(source: ByteSource, start: number, end: number = source.sizeBytes) {
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
  skip(length: number): void {
    if (length <= this.available) {
      this.at += length;
      return;
    }
    this.#start = this.offset + length;
    this.bytes = new Uint8Array(0);
    this.at = 0;
  }

  /** Makes at least `length` bytes available, or all that are left; false when there are fewer. */
  async ensure(length: number): Promise<boolean> {
    if (this.available >= length) return true;
    const start = this.offset;
    const from = start + this.available;
    const wanted = Math.min(Math.max(length - this.available, 65536), this.#end - from);
    const more = wanted > 0 ? await this.#source.read(from, wanted) : new Uint8Array(0);
    if (more.length > 0) {
      const joined = new Uint8Array(this.available + more.length);
      joined.set(this.bytes.subarray(this.at));
      joined.set(more, this.available);
      this.bytes = joined;
      this.#start = start;
      this.at = 0;
    }
    return this.available >= length;
  }
}
