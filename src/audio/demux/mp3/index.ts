import { type Mp3FrameHeader, mp3FrameHeader } from "../../codec/mp3-frame.js";
import { corrupt } from "../../corrupt.js";
import type { ByteSource } from "../../input/byte-source.js";
import type { Packet, Track } from "../../packet.js";
import type { DamageReport } from "../damage-report.js";
import type { Container, Demuxer } from "../demuxer.js";
import { type InfoFrame, readInfoFrame } from "./info-frame.js";
import { mp3Pieces, runLength } from "./pieces.js";

/** MPEG audio by itself, layers I to III. */
export const mp3: Container = {
  name: "MP3",
  extensions: ["mp3", "mp2", "mp1", "mpga"],
  recognise,
  open: (source, start, damage) => openMp3(source, start, damage),
};

/** Frames in a row that make bytes MP3: at the start of a file, and after something else. */
const FRAMES_AT_START = 2;
const FRAMES_INSIDE = 4;
/** A file as short as this may end before its second frame does. */
const SHORT_BYTES = 4096;

function recognise(head: Uint8Array, isWhole: boolean): number | null {
  for (let at = head.indexOf(0xff); at >= 0; at = head.indexOf(0xff, at + 1)) {
    const isShort = isWhole && head.length < SHORT_BYTES;
    const wanted = at > 0 ? FRAMES_INSIDE : isShort ? 1 : FRAMES_AT_START;
    if (runLength(head, at, wanted, isWhole, at === 0) >= wanted) return at;
  }
  return null;
}

/** Opens a stream whose first frame is at `start`; another container's sound ends before `end`. */
export async function openMp3(
  source: ByteSource,
  start: number,
  damage: DamageReport,
  end?: number,
): Promise<Demuxer> {
  const head = await source.read(start, 8192);
  const first = mp3FrameHeader(head, 0);
  if (first === null && end === undefined) throw corrupt(source.name, "MP3 file");
  const info = first && readInfoFrame(head.subarray(0, first.frameBytes), first);
  return {
    durationSeconds: first && durationOf(source, start, end, first, info),
    packets: () => packets(source, start, end, damage),
  };
}

function durationOf(
  source: ByteSource,
  start: number,
  end: number | undefined,
  { samplesPerFrame, sampleRate, frameBytes }: Mp3FrameHeader,
  info: InfoFrame | null,
): number | null {
  const frameSeconds = samplesPerFrame / sampleRate;
  const stop = end ?? source.sizeBytes;
  const nFrames = info?.nFrames ?? (stop === null ? null : (stop - start) / frameBytes);
  const unheard = info === null ? 0 : (info.delaySamples + info.paddingSamples) / sampleRate;
  return nFrames === null ? null : Math.max(0, nFrames * frameSeconds - unheard);
}

async function* packets(
  source: ByteSource,
  start: number,
  end: number | undefined,
  damage: DamageReport,
): AsyncGenerator<Packet> {
  let track: Track | null = null;
  let info: InfoFrame | null = null;
  let [nFrames, nDamaged, isCutOff] = [0, 0, false];
  for await (const piece of mp3Pieces(source, start, end)) {
    if (piece.kind === "damage") {
      if (piece.isCutOff) isCutOff = true;
      else nDamaged += 1;
      continue;
    }
    const { header } = piece;
    const { sampleRate, nChannels, samplesPerFrame } = header;
    const found = readInfoFrame(piece.bytes, header);
    if (track === null) info = found;
    track ??= { codec: "mp3", header: new Uint8Array(0), sampleRate, nChannels, speakers: null };
    if (found !== null) continue; // it has no sound, in the middle of joined files neither
    nFrames += 1;
    const skipSeconds = nFrames === 1 ? (info?.delaySamples ?? 0) / sampleRate : 0;
    const discardSeconds = paddingIn(nFrames, samplesPerFrame, info) / sampleRate;
    yield { track, data: piece.bytes, startSeconds: null, skipSeconds, discardSeconds };
  }
  damage.nDamaged += nDamaged;
  damage.isCutOff = isCutOff || (nDamaged === 0 && nFrames < (info?.nFrames ?? 0));
}

/** Samples at the end of the `n`-th frame, counted from 1, that are padding. */
function paddingIn(n: number, samplesPerFrame: number, info: InfoFrame | null): number {
  if (info === null || info.nFrames === null || n > info.nFrames) return 0;
  const samplesBehind = (info.nFrames - n) * samplesPerFrame;
  return Math.min(samplesPerFrame, Math.max(0, info.paddingSamples - samplesBehind));
}
