import type { ByteSource } from "../../input/byte-source.js";
import { DamageReport } from "../damage-report.js";
import { boxes } from "./boxes.js";
import { fragments } from "./fragment-walk.js";
import { startTicks, trackIdOf } from "./fragments.js";
import type { Movie, SoundTrack, TimedTrack } from "./movie.js";

/** Each track of a file may have fragments of its own; further than this the other ones' first is not looked for. */
const MAX_FRAGMENTS = 16;

/**
 * The moment on a file's timeline, in seconds, from which players count: when the first of its audio and video tracks
 * begins. Fragments of a live stream begin anywhere.
 */
export async function beginning(
  source: ByteSource,
  { timed, isFragmented }: Movie,
  sound: SoundTrack,
  indexEnd: number,
): Promise<number> {
  const starts = new Map(timed.map((track): [number, number] => [track.id, track.edits[0]?.start ?? 0]));
  if (!isFragmented || sound.table.hasSamples) return Math.min(...starts.values());
  const firsts = new Map<number, number>();
  let nFragments = 0;
  for await (const { body } of fragments(source, indexEnd, new DamageReport(), () => {})) {
    for (const { type, body: traf } of boxes(body)) {
      const track = type === "traf" ? timed.find(({ id }) => id === trackIdOf(traf)) : undefined;
      if (track !== undefined && !firsts.has(track.id))
        firsts.set(track.id, firstSeconds(track, traf, sound));
    }
    nFragments += 1;
    if (firsts.size === timed.length || nFragments === MAX_FRAGMENTS) break;
  }
  return firsts.size === 0 ? 0 : Math.min(...firsts.values());
}

/** Pictures may be shown later than they are decoded, which makes up for an edit that leaves out their delay. */
function firstSeconds({ id, edits, rate }: TimedTrack, traf: Uint8Array, sound: SoundTrack): number {
  const { start, mediaStart } = edits[0]!;
  const seconds = (startTicks(traf) ?? 0) / rate - mediaStart;
  return start + (id === sound.id ? seconds : Math.max(0, seconds));
}
