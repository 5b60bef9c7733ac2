import type { ByteSource } from "../input/byte-source.js";
import type { Packet, Track } from "../packet.js";
import type { DamageReport } from "./damage-report.js";

/** Samples a packet holds. */
const PACKET_FRAMES = 8192;

/**
 * The PCM that is stored in a file as one piece, from `start` to `end` (Infinity: to the file's end). `frameBytes`: one
 * sample of each channel.
 */
export async function* pcmPackets(
  source: ByteSource,
  track: Track,
  frameBytes: number,
  start: number,
  end: number,
  damage: DamageReport,
): AsyncGenerator<Packet> {
  for (let at = start; at + frameBytes <= end; ) {
    source.release(at);
    const nWanted = Math.min(PACKET_FRAMES * frameBytes, end - at);
    const bytes = await source.read(at, nWanted - (nWanted % frameBytes));
    const nBytes = bytes.length - (bytes.length % frameBytes);
    if (nBytes > 0) yield { track, data: bytes.subarray(0, nBytes), startSeconds: null };
    at += nBytes;
    if (bytes.length >= nWanted - (nWanted % frameBytes)) continue;
    damage.isCutOff ||= end < Number.POSITIVE_INFINITY;
    return;
  }
}
