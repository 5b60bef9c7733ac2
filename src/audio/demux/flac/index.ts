import { type FlacFrameHeader, flacStreamInfo } from "../../codec/flac-frame.js";
import { corrupt } from "../../corrupt.js";
import type { ByteSource } from "../../input/byte-source.js";
import type { Packet, Track } from "../../packet.js";
import { speakersOfMask } from "../../speaker-mask.js";
import type { DamageReport } from "../damage-report.js";
import type { Container, Demuxer } from "../demuxer.js";
import { flacPieces, isMark } from "./pieces.js";

/** Native FLAC. */
export const flac: Container = {
  name: "FLAC",
  extensions: ["flac"],
  recognise: (head) => (isMark(head, 0) ? 0 : null),
  open,
};

async function open(source: ByteSource, start: number, damage: DamageReport): Promise<Demuxer> {
  const header = await source.read(start, 42);
  const info = flacStreamInfo(header);
  if (info === null) throw corrupt(source.name, "FLAC header");
  if (info.sampleRate === 0) throw corrupt(source.name, "FLAC header (sample rate 0)");
  return {
    durationSeconds: info.nSamples === 0 ? null : info.nSamples / info.sampleRate,
    packets: () => packets(source, start, damage),
  };
}

async function* packets(source: ByteSource, start: number, damage: DamageReport): AsyncGenerator<Packet> {
  const clock = new FrameClock();
  let track: Track | null = null;
  let [nDamaged, isInDamage, isCutOff] = [0, false, false];
  for await (const piece of flacPieces(source, start)) {
    if (piece.kind === "damage") {
      if (!isInDamage) nDamaged += 1;
      isCutOff = piece.isFrame && !isInDamage;
      isInDamage = true;
      continue;
    }
    if (piece.kind === "stream-info") {
      const info = flacStreamInfo(piece.bytes);
      if (info === null || (info.sampleRate === 0 && track !== null)) continue;
      track = {
        codec: "flac",
        header: piece.bytes,
        ...info,
        speakers: speakersOfMask(piece.channelMask, info.nChannels),
      };
      clock.restart();
      continue;
    }
    if (track === null) return;
    const { header, bytes } = piece;
    const startSeconds = clock.start(header, header.sampleRate ?? track.sampleRate, isInDamage);
    [isInDamage, isCutOff] = [false, false];
    yield { track, data: bytes, startSeconds };
  }
  // A frame without its end is where the file was cut off. That STREAMINFO counts more samples says nothing: files cut
  // or joined by stream copy keep the count of the original.
  damage.isCutOff = isCutOff;
  damage.nDamaged += isCutOff ? nDamaged - 1 : nDamaged;
}

/** When frames begin: one after the other, but after damage as their numbers say. */
class FrameClock {
  #seconds = 0;
  /** Samples of the stream so far. */
  #position = 0;
  /** Samples a frame has where sizes don't vary; the last one has fewer. */
  #blockSize = 0;

  /** Another stream begins, whose frames are counted from 0. */
  restart(): void {
    this.#position = 0;
    this.#blockSize = 0;
  }

  start(header: FlacFrameHeader, sampleRate: number, isBehindDamage: boolean): number {
    this.#blockSize = Math.max(this.#blockSize, header.blockSize);
    const position = header.isVariable ? header.number : header.number * this.#blockSize;
    const missing = position - this.#position;
    if (isBehindDamage && missing > 0 && missing < MAX_MISSING_SECONDS * sampleRate) {
      this.#seconds += missing / sampleRate;
    }
    const start = this.#seconds;
    this.#seconds += header.blockSize / sampleRate;
    this.#position = position + header.blockSize;
    return start;
  }
}

/** A longer gap comes from a wrong number. */
const MAX_MISSING_SECONDS = 3600;
