import { type Mp3FrameHeader, mp3FrameHeader } from "../../codec/mp3-frame.js";
import type { ByteSource } from "../../input/byte-source.js";
import { ByteWindow } from "../byte-window.js";
import { isTag, LOOK_BYTES, skipTags } from "../tags.js";

/** A whole frame; or bytes that belong to none. */
export type Mp3Piece =
  | { readonly kind: "frame"; readonly header: Mp3FrameHeader; readonly bytes: Uint8Array }
  /** `isCutOff`: a frame whose end is not there, at the end. */
  | { readonly kind: "damage"; readonly isCutOff: boolean; readonly sizeBytes: number };

/** Longest frame: layer II, 160 kbit/s at 8 kHz. */
const MAX_FRAME_BYTES = 2881;
/** Frames in a row, all of one kind, that begin a stream or end damage. */
const FRAMES_IN_ROW = 3;
const LOOK_AHEAD_BYTES = (FRAMES_IN_ROW + 1) * MAX_FRAME_BYTES + LOOK_BYTES;

/**
 * Cuts an MPEG audio stream into frames. Rate, channels and layer may change from frame to frame: a header that differs
 * from the one before counts where another frame, or the end, follows it.
 */
export async function* mp3Pieces(source: ByteSource, start: number, end?: number): AsyncGenerator<Mp3Piece> {
  const window = new ByteWindow(source, start, end);
  let kind: number | null = null;
  for (let isInStep = false; ; ) {
    await skipTags(window);
    await window.ensure(LOOK_AHEAD_BYTES);
    const { bytes, at } = window;
    if (window.available === 0) return;
    const frame = mp3FrameHeader(bytes, at);
    const isCutOff: boolean =
      frame !== null && isInStep && frame.kind === kind && at + frame.frameBytes > bytes.length;
    if (frame === null || isCutOff || !isFrame(bytes, at, frame, isInStep ? kind : null)) {
      const from = window.offset;
      if (isCutOff) window.skip(window.available);
      else await skipToRun(window);
      yield { kind: "damage", isCutOff, sizeBytes: window.offset - from };
      isInStep = !isCutOff && window.available > 0;
      kind = null;
      continue;
    }
    yield { kind: "frame", header: frame, bytes: bytes.slice(at, at + frame.frameBytes) };
    window.at += frame.frameBytes;
    [isInStep, kind] = [true, frame.kind];
  }
}

/** Whether a frame is what it looks like: of the same kind as the one before, or followed by another. */
function isFrame(bytes: Uint8Array, at: number, frame: Mp3FrameHeader, kindBefore: number | null): boolean {
  if (at + frame.frameBytes > bytes.length) return false;
  return frame.kind === kindBefore || runLength(bytes, at, 2) === 2;
}

/** Moves to the next frame that is followed by others, or to the end. */
async function skipToRun(window: ByteWindow): Promise<void> {
  window.at += 1;
  while (await window.ensure(4)) {
    await window.ensure(LOOK_AHEAD_BYTES);
    const next = window.bytes.indexOf(0xff, window.at);
    window.at = next < 0 ? window.bytes.length : next;
    if (next < 0) continue;
    await window.ensure(LOOK_AHEAD_BYTES);
    if (runLength(window.bytes, window.at, FRAMES_IN_ROW) === FRAMES_IN_ROW) return;
    window.at += 1;
  }
  window.at = window.bytes.length;
}

/**
 * How many whole frames of one kind follow each other from `at` on, counting up to `limit`; all of `limit` where the
 * end, or a tag unless `mayEndInTag` is false, follows the last one. What is not known to be MP3 may hold what looks like
 * one frame and a tag.
 */
export function runLength(
  bytes: Uint8Array,
  at: number,
  limit: number,
  isWhole = true,
  mayEndInTag = true,
): number {
  const first = mp3FrameHeader(bytes, at);
  let next = at;
  for (let n = 0; n < limit; n++) {
    const frame = mp3FrameHeader(bytes, next);
    const isEnd = n > 0 && (next === bytes.length ? isWhole : mayEndInTag && isTag(bytes, next));
    if (isEnd) return limit;
    if (frame === null || frame.kind !== first!.kind) return n;
    next += frame.frameBytes;
    if (next > bytes.length) return n;
  }
  return limit;
}
