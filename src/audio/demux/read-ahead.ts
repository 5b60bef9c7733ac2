import type { ByteSource } from "../input/byte-source.js";

/** Bytes read at once where the source has them at hand, and where they are still on their way. */
const AHEAD_BYTES = { atHand: 1 << 16, coming: 1 << 12 };

/** Reads a source in larger pieces than its parser asks for, so that many small parts cost one read. */
export class ReadAhead {
  readonly #source: ByteSource;
  readonly #aheadBytes: number;
  /** Offset in the source of the first byte held. */
  #start = 0;
  #held: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
    this.#aheadBytes = source.isReplayable ? AHEAD_BYTES.atHand : AHEAD_BYTES.coming;
  }

  /** `length` bytes from `offset` on; fewer only at the end. They stay valid: nothing is written over them. */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const from = offset - this.#start;
    if (from < 0 || from + length > this.#held.length) {
      this.#held = await this.#source.read(offset, Math.max(length, this.#aheadBytes));
      this.#start = offset;
      return this.#held.subarray(0, length);
    }
    return this.#held.subarray(from, from + length);
  }

  /** Says that nothing before `offset` is asked for again. */
  release(offset: number): void {
    this.#source.release(offset);
  }
}
