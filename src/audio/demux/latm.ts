import type { Packet, Track } from "../packet.js";
import type { DamageReport } from "./damage-report.js";
import type { Container } from "./demuxer.js";
import {
  type Frame,
  type FrameFormat,
  type FrameHeader,
  meanFrameBytes,
  readFrames,
  recogniseFrames,
} from "./framed-stream.js";
import { MuxReader } from "./latm-mux.js";

/** Samples of a frame. */
const FRAME_LENGTH = 1024;
const HEADER_BYTES = 3;
const MAX_FRAME_BYTES = HEADER_BYTES + 8191;

/** Eleven bits of a sync word and the length of what follows (ISO/IEC 14496-3, 1.7.2). */
const FORMAT: FrameFormat<FrameHeader> = {
  firstByte: 0x56,
  headerBytes: HEADER_BYTES,
  maxFrameBytes: MAX_FRAME_BYTES,
  readHeader(bytes, at) {
    if (at + HEADER_BYTES > bytes.length || bytes[at] !== 0x56 || (bytes[at + 1]! & 0xe0) !== 0xe0)
      return null;
    const length = ((bytes[at + 1]! & 31) << 8) | bytes[at + 2]!;
    return length === 0 ? null : { frameBytes: HEADER_BYTES + length, fixedPart: 0 };
  },
};

/** AAC as digital television and radio send it: LATM in the LOAS stream. */
export const latm: Container = {
  name: "LOAS/LATM (AAC)",
  extensions: ["loas", "latm"],

  recognise: (head, isWhole) => recogniseFrames(FORMAT, head, isWhole),

  async open(source, start, damage) {
    const packets = () => packetsOf(readFrames(FORMAT, source, start, damage), damage);
    const frameBytes = await meanFrameBytes(FORMAT, source, start);
    const head = await source.read(start, MAX_FRAME_BYTES);
    const reader = new MuxReader();
    reader.read(head.subarray(HEADER_BYTES, FORMAT.readHeader(head, 0)?.frameBytes ?? 0));
    const { mux } = reader;
    const isKnown = mux !== null && frameBytes !== null && source.sizeBytes !== null;
    // As if all frames were as long as those at the start.
    const nFrames = isKnown ? ((source.sizeBytes - start) / frameBytes) * mux.nSubFrames : 0;
    return { durationSeconds: isKnown ? (nFrames * FRAME_LENGTH) / mux.sampleRate : null, packets };
  },
};

async function* packetsOf(
  frames: AsyncIterable<Frame<FrameHeader>>,
  damage: DamageReport,
): AsyncGenerator<Packet> {
  const reader = new MuxReader();
  let track: Track | null = null;
  for await (const { bytes } of frames) {
    const packets = reader.read(bytes.subarray(HEADER_BYTES));
    if (packets === null) damage.nDamaged++;
    const { mux } = reader;
    if (packets === null || mux === null) continue;
    if (track === null || !isSame(track.header, mux.header)) {
      track = {
        codec: "aac",
        header: mux.header,
        sampleRate: mux.sampleRate,
        nChannels: mux.nChannels,
        speakers: null,
      };
    }
    for (const data of packets) yield { track, data, startSeconds: null };
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
