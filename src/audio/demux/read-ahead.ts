import type { ByteSource } from "../input/byte-source.js";

/** Bytes read at once where they are available. */
const AHEAD_BYTES = 1 << 16;

/** Reads a source in larger pieces than its parser asks for, so that many small parts cost one read. */
export class ReadAhead {
  readonly #source: ByteSource;
  /** Offset in the source of the first byte held. */
  #start = 0;
  #held: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** `length` bytes from `offset` on; fewer only at the end. They stay valid: nothing is written over them. */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const from = offset - this.#start;
    if (from < 0 || from + length > this.#held.length) {
      this.#held = await this.#read(offset, length);
      this.#start = offset;
      return this.#held.subarray(0, length);
    }
    return this.#held.subarray(from, from + length);
  }

  /** More than asked for, where it is available: a stream may be as slow as the sound itself. */
  async #read(offset: number, length: number): Promise<Uint8Array> {
    const source = this.#source;
    if (source.isReplayable) return source.read(offset, Math.max(length, AHEAD_BYTES));
    const some = await source.readSome?.(offset, Math.max(length, AHEAD_BYTES));
    return some !== undefined && some.length >= length ? some : source.read(offset, length);
  }

  /** Says that nothing before `offset` is asked for again. */
  release(offset: number): void {
    this.#source.release(offset);
  }
}
