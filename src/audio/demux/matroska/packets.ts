import type { ByteSource } from "../../input/byte-source.js";
import type { Packet, Track } from "../../packet.js";
import type { DamageReport } from "../damage-report.js";
import { blockTrack, readFrames } from "./block.js";
import { ID, signed, unsigned } from "./ebml.js";
import { elements } from "./elements.js";
import type { MatroskaTrack } from "./track.js";

/** What is to be read of a file. */
export interface Selection {
  readonly audio: MatroskaTrack;
  readonly track: Track;
  /** Numbers of the audio and video tracks. */
  readonly timed: ReadonlySet<number>;
  /** Unit of the file's timestamps. */
  readonly tickSeconds: number;
}

/** A block of an audio or video track; packets only of the track to play. */
export interface TimedBlock {
  readonly trackNumber: number;
  readonly seconds: number;
  readonly packets: readonly Packet[];
}

/** What a block of the track to play holds. */
interface Content {
  readonly seconds: number;
  readonly frames: readonly Uint8Array[];
  paddingSeconds: number;
}

/** The blocks of the audio and video tracks in the file's order, with times as the file has them. */
export async function* blocks(
  source: ByteSource,
  start: number,
  selection: Selection,
  damage: DamageReport,
): AsyncGenerator<TimedBlock> {
  const { audio, timed, tickSeconds } = selection;
  let clusterTicks = 0;
  let nSegments = 0;
  let isFirst = true;
  /** A block in a group waits for what follows it: its padding. */
  let waiting: Content | null = null;
  const taken = (content: Content): TimedBlock => {
    const packets = packetsOf(content, selection, isFirst, nSegments > 1);
    isFirst &&= packets.length === 0;
    return { trackNumber: audio.number, seconds: content.seconds, packets };
  };
  for await (const element of elements(source, start, damage)) {
    const { id, sizeBytes } = element;
    if (id === ID.discardPadding && waiting !== null)
      waiting.paddingSeconds = signed(await element.read(Math.min(sizeBytes, 8))) / 1e9;
    if (waiting !== null && ENDS_GROUP.has(id)) {
      yield taken(waiting);
      waiting = null;
    }
    if (id === ID.segment) nSegments += 1;
    if (id === ID.timestamp) clusterTicks = unsigned(await element.read(Math.min(sizeBytes, 8)))!;
    if (id !== ID.simpleBlock && id !== ID.block) continue;
    const head = blockTrack(await element.read(12));
    if (head === null || !timed.has(head.number)) continue;
    const seconds = (clusterTicks + head.ticks) * tickSeconds;
    if (head.number !== audio.number) {
      yield { trackNumber: head.number, seconds, packets: [] };
      continue;
    }
    const bytes = await element.read();
    if (bytes.length < sizeBytes) continue; // cut off by the file's end
    const frames = framesOf(bytes, audio);
    if (frames === null) {
      damage.nDamaged += 1;
      continue;
    }
    const content = { seconds, frames, paddingSeconds: 0 };
    if (id === ID.block) waiting = content;
    else yield taken(content);
  }
  if (waiting !== null) yield taken(waiting);
}

const ENDS_GROUP = new Set<number>([ID.simpleBlock, ID.block, ID.blockGroup, ID.cluster, ID.segment]);

function framesOf(bytes: Uint8Array, { decodeFrame }: MatroskaTrack): Uint8Array[] | null {
  try {
    // Empty ones stand for silence that was not sent; the next block's time says how long it is.
    return (
      readFrames(bytes)
        ?.map(decodeFrame)
        .filter((frame) => frame.length > 0) ?? null
    );
  } catch {
    return null; // compressed, and damaged: counted by the caller
  }
}

/** Only a block's first frame has a time; the others follow it. A second segment follows the first. */
function packetsOf(
  { seconds, frames, paddingSeconds }: Content,
  { audio, track }: Selection,
  isFirst: boolean,
  isAppended: boolean,
): Packet[] {
  return frames.map((data, i) => {
    const skip = i > 0 ? 0 : (isFirst ? audio.skipSeconds : 0) + Math.max(0, -paddingSeconds);
    return {
      track,
      data,
      startSeconds: i === 0 && !isAppended ? seconds - audio.delaySeconds : null,
      ...(skip > 0 ? { skipSeconds: skip } : {}),
      ...(i === frames.length - 1 && paddingSeconds > 0 ? { discardSeconds: paddingSeconds } : {}),
    };
  });
}
