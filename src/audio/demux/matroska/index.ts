import { corrupt } from "../../corrupt.js";
import type { ByteSource } from "../../input/byte-source.js";
import type { Packet } from "../../packet.js";
import { DamageReport } from "../damage-report.js";
import type { Container, Demuxer, ForeignAudio } from "../demuxer.js";
import { noTrack } from "../no-track.js";
import { fieldsOf, float, ID, unsigned } from "./ebml.js";
import { type Element, elements } from "./elements.js";
import { blocks, type TimedBlock } from "./packets.js";
import { fromBeginning } from "./timeline.js";
import { type TrackList, trackListOf } from "./track.js";

/** Track lists and the like are small; a size beyond is damage. */
const MAX_HEAD_BYTES = 1 << 24;
const DEFAULT_TICK_NANOSECONDS = 1_000_000;

export const matroska: Container = {
  name: "Matroska",
  extensions: ["mkv", "mka", "webm", "weba"],
  recognise: (head) =>
    head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3 ? 0 : null,
  open: openMatroska,
};

/** @param keepsTimes the sound may begin late: times count from 0 and not from the first of any track */
export async function openMatroska(
  source: ByteSource,
  start: number,
  damage: DamageReport,
  keepsTimes = false,
): Promise<Demuxer | ForeignAudio> {
  const { tracks, tickSeconds, durationSeconds } = await readHead(source, start);
  const { audio, timed } = tracks;
  if (audio === null) throw noTrack(source.name);
  const { track } = audio;
  if (track === null) return { codec: audio.codecName || "an unknown codec", durationSeconds };
  const selection = { audio, track, timed, tickSeconds };
  return {
    durationSeconds,
    packets: () => {
      const timedBlocks = blocks(source, start, selection, damage);
      return keepsTimes ? packetsOf(timedBlocks) : fromBeginning(timedBlocks, timed.size);
    },
  };
}

async function* packetsOf(timedBlocks: AsyncIterable<TimedBlock>): AsyncGenerator<Packet> {
  for await (const { packets } of timedBlocks) yield* packets;
}

async function readHead(source: ByteSource, start: number) {
  let tracks: TrackList | null = null;
  let info = new Map<number, Uint8Array>();
  for await (const element of elements(source, start, new DamageReport(), true)) {
    if (element.id === ID.cluster || isBlock(element)) break; // headers come before
    if (element.id !== ID.info && element.id !== ID.tracks) continue;
    if (element.sizeBytes > MAX_HEAD_BYTES) throw corrupt(source.name, "file header");
    const bytes = await element.read();
    if (bytes.length < element.sizeBytes) break; // it ends behind the file, which of a stream shows only now
    if (element.id === ID.info) info = fieldsOf(bytes);
    else tracks = trackListOf(bytes);
  }
  if (tracks === null) throw corrupt(source.name, "file (its list of tracks is missing)");
  const tickSeconds = (unsigned(info.get(ID.timestampScale)) || DEFAULT_TICK_NANOSECONDS) / 1e9;
  const ticks = float(info.get(ID.duration)) ?? 0;
  return { tracks, tickSeconds, durationSeconds: ticks > 0 ? ticks * tickSeconds : null };
}

function isBlock({ id }: Element): boolean {
  return id === ID.simpleBlock || id === ID.block;
}
