import type { ByteSource } from "../input/byte-source.js";
import { ByteWindow } from "./byte-window.js";
import type { DamageReport } from "./damage-report.js";
import { isTag, LOOK_BYTES, skipTags } from "./tags.js";

/** Frames in a row that prove a format: at the start of the file, and after other bytes. */
const PROOF_AT_START = 3;
const PROOF_BEHIND_JUNK = 5;
/** Bytes at the start from which the mean size of frames is taken. */
const SAMPLED_BYTES = 65536;

/** What every header of such frames says. */
export interface FrameHeader {
  /** Of the whole frame, with the header. */
  readonly frameBytes: number;
  /** What stays the same from frame to frame as long as rate and channels do. */
  readonly fixedPart: number;
}

/** A stream of frames, each with a header that can be recognised and says how long the frame is. */
export interface FrameFormat<H extends FrameHeader> {
  readonly firstByte: number;
  readonly headerBytes: number;
  readonly maxFrameBytes: number;
  /** The header at `at`; null where there is none. */
  readHeader(bytes: Uint8Array, at: number): H | null;
}

/** Where the frames begin in a file's first bytes; null where this is another format. */
export function recogniseFrames(
  format: FrameFormat<FrameHeader>,
  head: Uint8Array,
  isWhole: boolean,
): number | null {
  for (let at = head.indexOf(format.firstByte); at >= 0; at = head.indexOf(format.firstByte, at + 1)) {
    const proof = at === 0 ? PROOF_AT_START : PROOF_BEHIND_JUNK;
    const { nFrames, end } = chainOfFrames(format, head, at, proof);
    if (nFrames >= proof) return at;
    // Short recordings: to the end exactly, or cut off after at least one whole frame.
    if (isWhole && at === 0 && nFrames > 0 && (end === head.length || nFrames > 1)) return at;
  }
  return null;
}

/** The mean size of the frames at the start of a file. */
export async function meanFrameBytes(
  format: FrameFormat<FrameHeader>,
  source: ByteSource,
  start: number,
): Promise<number | null> {
  const head = await source.read(start, SAMPLED_BYTES);
  const { nFrames, end } = chainOfFrames(format, head, 0, Number.POSITIVE_INFINITY);
  return nFrames === 0 ? null : end / nFrames;
}

/** A frame of the stream. */
export interface Frame<H extends FrameHeader> {
  readonly header: H;
  /** With the header; shorter than the header says where another frame begins before. */
  readonly bytes: Uint8Array;
}

/** Frame after frame, over damage between them. Tags and padding are none. */
export async function* readFrames<H extends FrameHeader>(
  format: FrameFormat<H>,
  source: ByteSource,
  start: number,
  damage: DamageReport,
): AsyncGenerator<Frame<H>> {
  const { headerBytes } = format;
  const window = new ByteWindow(source, start);
  let fixedPart: number | null = null;
  while (await window.ensure(1)) {
    await window.ensure(headerBytes);
    const header = format.readHeader(window.bytes, window.at);
    if (header === null && (await skipTags(window)) > 0) continue;
    const isOther = header !== null && fixedPart !== null && header.fixedPart !== fixedPart;
    const isWhole = header !== null && (await window.ensure(header.frameBytes));
    if (header === null || (isWhole && isOther && !(await isFollowedByItsKind(format, window)))) {
      const isRest = window.available < headerBytes;
      window.at += 1;
      if (!(await skipToFrame(format, window)) && isRest) damage.isCutOff = true;
      else damage.nDamaged++;
      continue;
    }
    if (!isWhole) {
      window.skip(headerBytes);
      if (await skipToFrame(format, window)) damage.nDamaged++;
      else damage.isCutOff = true;
      continue;
    }
    fixedPart = header.fixedPart;
    await window.ensure(header.frameBytes + LOOK_BYTES);
    const { bytes, at, offset } = window;
    const end = at + header.frameBytes;
    // A damaged size shows in what stands behind the frame.
    const isFollowed =
      bytes.length - end < headerBytes || format.readHeader(bytes, end) !== null || isTag(bytes, end);
    window.skip(isFollowed ? header.frameBytes : headerBytes);
    const isBroken = !isFollowed && (await skipToFrame(format, window));
    if (!isFollowed) damage.nDamaged++;
    const nBytes = isBroken ? Math.min(header.frameBytes, window.offset - offset) : header.frameBytes;
    yield { header, bytes: bytes.subarray(at, at + nBytes) };
  }
}

/** Goes on to the next frame that is followed by another one, or by the end; false: to the end, there is none. */
async function skipToFrame(format: FrameFormat<FrameHeader>, window: ByteWindow): Promise<boolean> {
  const lookBytes = format.maxFrameBytes + format.headerBytes;
  while (await window.ensure(1)) {
    const found = window.bytes.indexOf(format.firstByte, window.at);
    window.at = found < 0 ? window.bytes.length : found;
    if (found < 0) continue;
    const isLast = !(await window.ensure(lookBytes));
    const { nFrames, end } = chainOfFrames(format, window.bytes, window.at, 2);
    if (nFrames === 2 || (nFrames === 1 && isLast && end === window.bytes.length)) return true;
    window.at += 1;
  }
  return false;
}

async function isFollowedByItsKind(format: FrameFormat<FrameHeader>, window: ByteWindow): Promise<boolean> {
  const isLast = !(await window.ensure(format.maxFrameBytes + format.headerBytes));
  const { nFrames, end } = chainOfFrames(format, window.bytes, window.at, 2);
  return nFrames === 2 || (isLast && end === window.bytes.length);
}

/** How many frames of the same kind follow each other from `at` on, as far as the bytes go; and where the last ends. */
function chainOfFrames(
  format: FrameFormat<FrameHeader>,
  bytes: Uint8Array,
  at: number,
  max: number,
): { nFrames: number; end: number } {
  const first = format.readHeader(bytes, at);
  let end = at;
  let nFrames = 0;
  for (let header = first; header !== null && nFrames < max; header = format.readHeader(bytes, end)) {
    if (header.fixedPart !== first?.fixedPart) break;
    nFrames++;
    end += header.frameBytes;
  }
  return { nFrames, end };
}
