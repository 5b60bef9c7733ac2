import type { Packet } from "../../packet.js";
import type { TimedBlock } from "./packets.js";

/** A file's tracks begin within this time of each other, or the first one is its beginning. */
const SEARCH_SECONDS = 1;
/** Packets held back while the beginning is looked for. */
const MAX_HELD = 500;

/**
 * Packets with times from the file's beginning on: the first time of any audio or video track, as players count.
 * Recordings of a live stream begin anywhere.
 */
export async function* fromBeginning(
  blocks: AsyncIterable<TimedBlock>,
  nTracks: number,
): AsyncGenerator<Packet> {
  let held: Packet[] | null = [];
  let beginning = Number.POSITIVE_INFINITY;
  const seen = new Set<number>();
  const shifted = (packet: Packet): Packet => {
    const { startSeconds } = packet;
    return startSeconds === null ? packet : { ...packet, startSeconds: startSeconds - beginning };
  };
  for await (const { trackNumber, seconds, packets } of blocks) {
    if (held === null) {
      for (const packet of packets) yield shifted(packet);
      continue;
    }
    held.push(...packets);
    beginning = Math.min(beginning, seconds);
    seen.add(trackNumber);
    if (seen.size < nTracks && seconds < beginning + SEARCH_SECONDS && held.length < MAX_HELD) continue;
    for (const packet of held) yield shifted(packet);
    held = null;
  }
  for (const packet of held ?? []) yield shifted(packet);
}
