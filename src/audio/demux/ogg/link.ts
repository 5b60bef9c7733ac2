import type { Packet } from "../../packet.js";
import type { OggMapping } from "./mappings.js";
import { OggPackets, type OggPage } from "./pages.js";

/** A longer gap comes from a wrong position. */
const MAX_GAP_SECONDS = 24 * 3600;

/** One audio stream of an Ogg file from its first page on; a file of several, one after the other, is a chain. */
export class OggLink {
  readonly serial: number;
  readonly #mapping: OggMapping;
  /** When its sound begins on the file's own timeline. */
  readonly #baseSeconds: number;
  readonly #packets = new OggPackets();
  #sequence: number;
  /** End of the sound so far, null before the first, in positions. */
  #position: number | null = null;
  /** Position of the first sound. */
  #origin = 0;
  /** Pages before the next one are missing. */
  #isHole = false;
  /** Whether a video begins at the same time, so that late sound is late. */
  hasVideo = false;
  /** Whether pages have come after the first one. */
  hasBegun = false;
  /** Holes that sound is missing in. */
  nHoles = 0;

  constructor(first: OggPage, mapping: OggMapping, baseSeconds: number) {
    this.serial = first.serial;
    this.#sequence = first.sequence;
    this.#mapping = mapping;
    this.#baseSeconds = baseSeconds;
  }

  get endSeconds(): number {
    return this.#position === null ? this.#baseSeconds : this.#secondsAt(this.#position);
  }

  /** Whether the last page ends in the middle of a packet. */
  get isInPacket(): boolean {
    return this.#packets.isInPacket;
  }

  /** The packets with sound that end on this page, and their times. */
  push(page: OggPage): Packet[] {
    this.hasBegun = true;
    if (page.sequence > this.#sequence + 1) {
      this.#packets.lost();
      this.#isHole = true;
    }
    this.#sequence = page.sequence;
    const complete = this.#packets.push(page);
    const sound = complete.filter((packet) => packet.length > 0 && !this.#mapping.takeHeader(packet));
    const { track } = this.#mapping;
    if (track === null || sound.length === 0) return [];
    const durations = sound.map((packet) => this.#mapping.duration(packet));
    const isFirst = this.#position === null;
    const skip = this.#moveTo(
      page,
      durations.reduce((sum, duration) => sum + duration, 0),
    );
    const stop =
      page.isLast && page.granule !== null && page.granule >= this.#position! ? page.granule : null;
    const packets = sound.map((data, i): Packet => {
      const startSeconds = this.#secondsAt(this.#position!);
      this.#position! += durations[i]!;
      return {
        track,
        data,
        startSeconds,
        ...(isFirst && i === 0 ? { skipSeconds: skip / this.#mapping.positionRate } : {}),
        ...(stop === null ? {} : { stopSeconds: this.#secondsAt(stop) }),
      };
    });
    if (stop !== null) this.#position = Math.min(this.#position!, stop);
    return packets;
  }

  /**
   * Sets the position to where a page of `total` begins, by what the page says of its end. The last page may end before
   * its packets do. Returns what is to be dropped where the stream begins.
   */
  #moveTo({ granule, isLast }: OggPage, total: number): number {
    const isHole = this.#isHole;
    this.#isHole = false;
    const start = granule === null ? null : granule - total;
    if (this.#position === null) {
      const { preSkip } = this.#mapping;
      this.#position = start === null || (isLast && start < 0) ? 0 : start;
      // A stream cut out of a longer one begins later; one that drops its first samples, before 0.
      if (!this.hasVideo) this.#origin = Math.max(0, this.#position);
      return preSkip + Math.max(0, -this.#position - preSkip);
    }
    const gap = start === null ? 0 : start - this.#position;
    if (gap <= 0 || gap > MAX_GAP_SECONDS * this.#mapping.positionRate) return 0;
    if (isHole) this.nHoles += 1;
    this.#position += gap;
    return 0;
  }

  #secondsAt(position: number): number {
    return this.#baseSeconds + (position - this.#origin - this.#mapping.preSkip) / this.#mapping.positionRate;
  }
}
