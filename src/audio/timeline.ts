import type { PacketDecoder } from "./codec/codec.js";
import type { DamageReport } from "./demux/damage-report.js";
import { JoinedPieces, MIN_PIECE } from "./joined-pieces.js";
import type { Packet, Track } from "./packet.js";
import { cutPcm, type Gap, lengthOf, type Pcm } from "./pcm.js";

/** Times are rounded and clocks drift: a smaller difference is neither a gap nor an overlap. ffmpeg uses the same limit. */
const TOLERANCE_SECONDS = 0.1;
/** A larger jump back means that the clock was restarted, as in recordings joined by `cat`; nothing is cut. */
const LONGEST_OVERLAP_SECONDS = 10;
/** A longer gap is a damaged time. */
const LONGEST_GAP_SECONDS = 24 * 3600;
/** After a shorter gap a codec goes on as it was: DTX leaves out packets of up to 0.4 s. */
const RESET_SECONDS = 1;

/** Opens the decoder for a track. */
export type OpenDecoder = (track: Track) => Promise<PacketDecoder>;

/**
 * Decodes packets and places their sound on the file's own timeline, beginning at 0. Sound that is not to be
 * played is left out, and so is sound before 0. Gaps are reported. Where packets overlap, the first one counts.
 * Pieces shorter than `minSamples` are joined.
 */
export async function* onTimeline(
  packets: AsyncIterable<Packet>,
  openDecoder: OpenDecoder,
  damage: DamageReport,
  minSamples = MIN_PIECE,
): AsyncGenerator<Pcm | Gap> {
  const clock = new Clock(damage);
  const pieces = new JoinedPieces(minSamples);
  let track: Track | null = null;
  let decoder: PacketDecoder | null = null;
  const finish = async () => {
    const rest = (await decoder?.flush?.()) ?? null;
    const placed = rest === null ? [] : clock.place(rest, NO_TIMES);
    return [...placed.flatMap((piece) => pieces.push(piece)), ...pieces.flush()];
  };
  const free = () => {
    damage.nDamaged += decoder?.nDamaged ?? 0;
    decoder?.free();
    decoder = null;
  };
  try {
    for await (const packet of packets) {
      if (packet.track !== track || decoder === null) {
        yield* await finish();
        free();
        clock.beginTrack();
        track = packet.track;
        decoder = await openDecoder(track);
      }
      if (clock.endsGap(packet)) await decoder.reset?.();
      const decoded = decoder.decode(packet.data);
      const pcm = decoded instanceof Promise ? await decoded : decoded;
      clock.skip(packet);
      if (pcm === null) continue;
      for (const placed of clock.place(pcm, packet)) for (const piece of pieces.push(placed)) yield piece;
    }
    yield* await finish();
  } finally {
    free();
  }
}

type Times = Pick<Packet, "startSeconds" | "discardSeconds" | "stopSeconds">;

const NO_TIMES: Times = { startSeconds: null };

/** How far the sound has come. */
class Clock {
  readonly #damage: DamageReport;
  /** End of the sound so far, on the timeline; null before there is any. */
  #position: number | null = null;
  /** Added to packets' times: not 0 where the file's clock was started again. */
  #offset = 0;
  /** A gap has ended, and no sound has come since. */
  #isInGap = false;
  /** Sound still to be skipped. */
  #toSkip = 0;

  constructor(damage: DamageReport) {
    this.#damage = damage;
  }

  /** Whether a long gap ends here. Codecs that start late may give the first sound after it some packets later. */
  endsGap({ startSeconds }: Packet): boolean {
    if (startSeconds === null || this.#position === null || this.#isInGap) return false;
    this.#isInGap = startSeconds + this.#offset - this.#position > RESET_SECONDS;
    return this.#isInGap;
  }

  /** A skip of the previous track does not apply to the next one. */
  beginTrack(): void {
    this.#toSkip = 0;
  }

  skip({ skipSeconds = 0 }: Packet): void {
    this.#toSkip += skipSeconds;
  }

  place(whole: Pcm, times: Times): (Pcm | Gap)[] {
    const { sampleRate } = whole;
    const nWhole = lengthOf(whole);
    const { discardSeconds = 0, stopSeconds = Number.POSITIVE_INFINITY } = times;
    let from = Math.min(nWhole, Math.round(this.#toSkip * sampleRate));
    let to = Math.max(from, nWhole - Math.round(discardSeconds * sampleRate));
    this.#toSkip = from < nWhole ? 0 : Math.max(0, this.#toSkip - nWhole / sampleRate);
    if (from === to) return [];
    this.#isInGap = false;

    let position = this.#position ?? 0;
    let silentSeconds = 0;
    if (times.startSeconds !== null) {
      const start = times.startSeconds + from / sampleRate;
      const difference = this.#difference(start);
      // the time of the first sound is exact; later times are rounded, and clocks drift
      const tolerance = this.#position === null ? 0.5 / sampleRate : TOLERANCE_SECONDS;
      if (difference > tolerance) {
        silentSeconds = difference;
        position += difference;
      } else if (this.#position === null) {
        position = Math.min(start, 0);
      } else if (difference < -TOLERANCE_SECONDS) {
        from = Math.min(to, from + Math.round(-difference * sampleRate));
      }
    }
    if (position < 0) {
      const nCut = Math.min(to - from, Math.round(-position * sampleRate));
      from += nCut;
      position += nCut / sampleRate;
    }
    const nLeft = Math.round((stopSeconds + this.#offset - position) * sampleRate);
    to = Math.max(from, Math.min(to, from + nLeft));
    if (from < to || this.#position !== null || position < 0)
      this.#position = position + (to - from) / sampleRate;
    if (from === to) return [];
    const pcm = cutPcm(whole, from, to);
    return silentSeconds > 0 ? [{ silentSeconds }, pcm] : [pcm];
  }

  /** By how much a packet's time is after the end of the sound so far. */
  #difference(start: number): number {
    const position = this.#position ?? 0;
    const difference = start + this.#offset - position;
    const isFirst = this.#position === null;
    const isRestart = difference < -LONGEST_OVERLAP_SECONDS && !isFirst;
    const isNonsense = !(difference <= LONGEST_GAP_SECONDS);
    if (isNonsense) this.#damage.nDamaged += 1;
    if (!isRestart && !isNonsense) return difference;
    if (Number.isFinite(start)) this.#offset = position - start;
    return 0;
  }
}
