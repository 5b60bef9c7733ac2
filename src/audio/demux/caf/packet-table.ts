import type { ByteSource } from "../../input/byte-source.js";
import type { Packet, Track } from "../../packet.js";
import type { DamageReport } from "../damage-report.js";
import { ReadAhead } from "../read-ahead.js";
import type { Description } from "./description.js";

/** A CAF file's `pakt` chunk: which of the decoded samples are sound, and what does not follow from the description. */
export interface PacketTable {
  readonly nValidFrames: number;
  /** Samples at the start that are the encoder's delay. */
  readonly nPrimingFrames: number;
  /** Packet by packet: bytes and frames, where the description does not give them. */
  readonly entries: Uint8Array;
}

export function readPacketTable(bytes: Uint8Array): PacketTable | null {
  if (bytes.length < 24) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    nValidFrames: Math.max(0, Number(view.getBigInt64(8))),
    nPrimingFrames: Math.max(0, view.getInt32(16)),
    entries: bytes.subarray(24),
  };
}

/** A packet of sound is smaller; a size beyond is damage. */
const MAX_PACKET_BYTES = 1 << 24;

/** The packets of a compressed file. */
export async function* tablePackets(
  source: ByteSource,
  track: Track,
  { bytesPerPacket, framesPerPacket, sampleRate }: Description,
  table: PacketTable | null,
  sound: { start: number; end: number },
  damage: DamageReport,
): AsyncGenerator<Packet> {
  const ahead = new ReadAhead(source);
  const { nValidFrames, nPrimingFrames, entries } = table ?? NO_TABLE;
  const stopSeconds = nValidFrames > 0 ? { stopSeconds: nValidFrames / sampleRate } : {};
  let skipSeconds = nPrimingFrames / sampleRate;
  let [offset, entry] = [sound.start, 0];
  while (offset < sound.end) {
    let sizeBytes = bytesPerPacket;
    if (sizeBytes === 0) {
      const number = readNumber(entries, entry);
      if (number === null) break;
      [sizeBytes, entry] = [number.value, number.end];
    }
    if (framesPerPacket === 0) entry = readNumber(entries, entry)?.end ?? entry; // the codec knows better
    if (sizeBytes > MAX_PACKET_BYTES) {
      damage.nDamaged += 1;
      return;
    }
    ahead.release(offset);
    const data = await ahead.bytes(offset, sizeBytes);
    if (data.length < sizeBytes) {
      damage.isCutOff ||= bytesPerPacket === 0 || sound.end < Number.POSITIVE_INFINITY;
      return;
    }
    offset += sizeBytes;
    if (sizeBytes === 0) continue;
    yield { track, data, startSeconds: null, ...stopSeconds, ...(skipSeconds > 0 ? { skipSeconds } : {}) };
    skipSeconds = 0;
  }
}

const NO_TABLE: PacketTable = { nValidFrames: 0, nPrimingFrames: 0, entries: new Uint8Array(0) };

/** 7 bits a byte, the highest first; the last byte has no 128. Null where it doesn't end. */
function readNumber(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0;
  for (let at = start; at < Math.min(bytes.length, start + 5); at++) {
    value = value * 128 + (bytes[at]! & 127);
    if (!(bytes[at]! & 128)) return { value, end: at + 1 };
  }
  return null;
}
