import type { ByteSource } from "../input/byte-source.js";
import type { DamageReport } from "./damage-report.js";
import { ReadAhead } from "./read-ahead.js";

/** Frames in a row that prove a format: at the start of the file, and after other bytes. */
const PROOF_AT_START = 3;
const PROOF_BEHIND_JUNK = 5;
/** Bytes looked through at once for the next frame. */
const SEARCH_BYTES = 65536;

/** How the tags begin that stand after or between frames: ID3v1, ID3v2, APE, Lyrics3. */
const TAGS = ["TAG", "ID3", "3DI", "APETAGEX", "LYRICSBEGIN"];

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
  const head = await source.read(start, SEARCH_BYTES);
  const { nFrames, end } = chainOfFrames(format, head, 0, Number.POSITIVE_INFINITY);
  return nFrames === 0 ? null : end / nFrames;
}

/** A frame of the stream. */
export interface Frame<H extends FrameHeader> {
  readonly header: H;
  /** With the header; shorter than the header says where another frame begins before. */
  readonly bytes: Uint8Array;
}

/** Frame after frame, over damage between them. Tags and zeros are none. */
export async function* readFrames<H extends FrameHeader>(
  format: FrameFormat<H>,
  source: ByteSource,
  start: number,
  damage: DamageReport,
): AsyncGenerator<Frame<H>> {
  const bytes = new ReadAhead(source);
  let fixedPart: number | null = null;
  for (let at: number | null = start; at !== null; ) {
    bytes.release(at);
    const header = format.readHeader(await bytes.bytes(at, format.headerBytes), 0);
    if (header === null) {
      at = await passJunk(format, bytes, at, damage);
      continue;
    }
    const end: number = at + header.frameBytes;
    const frame = await bytes.bytes(at, header.frameBytes);
    if (frame.length < header.frameBytes) {
      at = await findFrame(format, bytes, at + format.headerBytes);
      if (at === null) damage.isCutOff = true;
      else damage.nDamaged++;
      continue;
    }
    if (
      fixedPart !== null &&
      header.fixedPart !== fixedPart &&
      !(await isFollowedByItsKind(format, bytes, at))
    ) {
      at = await passJunk(format, bytes, at, damage);
      continue;
    }
    fixedPart = header.fixedPart;
    // A damaged size shows in what follows the frame.
    const next = await bytes.bytes(end, format.headerBytes);
    const isFollowed =
      next.length < format.headerBytes || format.readHeader(next, 0) !== null || isTag(next) || isZero(next);
    const found: number | null = isFollowed ? end : await findFrame(format, bytes, at + format.headerBytes);
    if (!isFollowed) damage.nDamaged++;
    yield { header, bytes: found !== null && found < end ? frame.subarray(0, found - at) : frame };
    at = found;
  }
}

/** Goes to the next frame; what stands between is damage, unless it is a tag or zeros. Null: there is none. */
async function passJunk(
  format: FrameFormat<FrameHeader>,
  bytes: ReadAhead,
  at: number,
  damage: DamageReport,
): Promise<number | null> {
  const junk = await bytes.bytes(at, 16);
  const isHarmless = isTag(junk) || isZero(junk);
  const found = await findFrame(format, bytes, at + 1);
  if (isHarmless) return found;
  if (found === null && junk.length < format.headerBytes) damage.isCutOff = true;
  else damage.nDamaged++;
  return found;
}

/** Where from `from` on a frame begins that is followed by another one, or by the end; null: nowhere. */
async function findFrame(
  format: FrameFormat<FrameHeader>,
  bytes: ReadAhead,
  from: number,
): Promise<number | null> {
  const { firstByte, maxFrameBytes, headerBytes } = format;
  const chunkBytes = SEARCH_BYTES + maxFrameBytes + headerBytes;
  for (let start = from; ; start += SEARCH_BYTES) {
    bytes.release(start);
    const chunk = await bytes.bytes(start, chunkBytes);
    const isLast = chunk.length < chunkBytes;
    for (
      let at = chunk.indexOf(firstByte);
      at >= 0 && at < SEARCH_BYTES;
      at = chunk.indexOf(firstByte, at + 1)
    ) {
      const { nFrames, end } = chainOfFrames(format, chunk, at, 2);
      if (nFrames === 2 || (nFrames === 1 && isLast && end === chunk.length)) return start + at;
    }
    if (isLast) return null;
  }
}

async function isFollowedByItsKind(
  format: FrameFormat<FrameHeader>,
  bytes: ReadAhead,
  at: number,
): Promise<boolean> {
  const chunk = await bytes.bytes(at, format.maxFrameBytes + format.headerBytes);
  const { nFrames, end } = chainOfFrames(format, chunk, 0, 2);
  return nFrames === 2 || end === chunk.length;
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

function isTag(bytes: Uint8Array): boolean {
  return TAGS.some((tag) => {
    const length = Math.min(tag.length, bytes.length);
    return length >= 3 && [...tag.slice(0, length)].every((letter, i) => letter.charCodeAt(0) === bytes[i]);
  });
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
