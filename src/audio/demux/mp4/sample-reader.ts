import type { ByteSource } from "../../input/byte-source.js";
import type { DamageReport } from "../damage-report.js";
import { ReadAhead } from "../read-ahead.js";
import type { Span } from "./sample-table.js";

/** A packet of sound is smaller; a size beyond is damage. */
const MAX_PACKET_BYTES = 1 << 24;
/** Samples in a row that are not in the file, before the rest isn't looked for. */
const MAX_MISSING = 1000;
/** An index that makes the file be read more often than this is damaged. */
const MAX_READINGS = 4;

/** Reads samples; those that lie together cost one read. */
export class SampleReader {
  readonly #source: ByteSource;
  readonly #ahead: ReadAhead;
  readonly #damage: DamageReport;
  #nMissing = 0;
  #nBytes = 0;
  #reached = 0;
  #released = 0;
  /** Nothing more can be read, whatever the index says. */
  isOver = false;

  constructor(source: ByteSource, damage: DamageReport) {
    this.#source = source;
    this.#ahead = new ReadAhead(source);
    this.#damage = damage;
  }

  /** Says that samples before `offset` are no longer needed. */
  release(offset: number): void {
    this.#released = Math.max(this.#released, offset);
    this.#source.release(offset);
  }

  /** A sample's bytes; null for one that is not there. `frameBytes`: PCM is read as far as its frames are whole. */
  async read({ offset, sizeBytes }: Span, frameBytes: number): Promise<Uint8Array | null> {
    const isGone = offset < 0 || (offset < this.#released && !this.#source.isReplayable);
    if (isGone || sizeBytes > MAX_PACKET_BYTES || !Number.isSafeInteger(offset)) {
      this.#damage.nDamaged += 1;
      return null;
    }
    if (sizeBytes === 0) return null;
    const bytes = await this.#ahead.bytes(offset, sizeBytes);
    this.#nBytes += bytes.length;
    this.#reached = Math.max(this.#reached, offset + bytes.length);
    if (bytes.length === sizeBytes) {
      this.#nMissing = 0;
      if (this.#nBytes > MAX_READINGS * this.#reached) this.#end();
      return bytes;
    }
    this.#damage.isCutOff = true;
    this.#nMissing += 1;
    if (this.#nMissing > MAX_MISSING) this.isOver = true;
    const whole = frameBytes > 0 ? bytes.length - (bytes.length % frameBytes) : 0;
    return whole > 0 ? bytes.subarray(0, whole) : null;
  }

  #end(): void {
    this.#damage.nDamaged += 1;
    this.isOver = true;
  }
}
