import { maskOfComment } from "../../codec/flac-comment.js";
import { type FlacFrameHeader, flacFrameHeader, MAX_FLAC_HEADER_BYTES } from "../../codec/flac-frame.js";
import { crc16 } from "../../crc.js";
import type { ByteSource } from "../../input/byte-source.js";
import { ByteWindow } from "../byte-window.js";
import { isTag, LOOK_BYTES, skipTags } from "../tags.js";

/** A whole frame, its checksum right; the STREAMINFO of a stream that begins; or bytes that belong to none. */
export type FlacPiece =
  | { readonly kind: "frame"; readonly header: FlacFrameHeader; readonly bytes: Uint8Array }
  | { readonly kind: "stream-info"; readonly bytes: Uint8Array; readonly channelMask: number }
  /** `isFrame`: the bytes begin as a frame does. */
  | { readonly kind: "damage"; readonly isFrame: boolean };

/**
 * Cuts a native FLAC stream from `start` on. A frame ends where its checksum (CRC-16, zero over a whole frame) is right
 * and another frame, a tag, another stream or the end follows: so damage costs only the frames it touches, and headers
 * that say too little of the sizes don't matter.
 */
export async function* flacPieces(source: ByteSource, start: number): AsyncGenerator<FlacPiece> {
  const window = new ByteWindow(source, start);
  for (;;) {
    await skipTags(window);
    if (!(await window.ensure(1))) return;
    await window.ensure(Math.max(MAX_FLAC_HEADER_BYTES, LOOK_BYTES));
    if (isMark(window.bytes, window.at)) {
      const { bytes, channelMask } = await readMetadata(window);
      if (bytes !== null) yield { kind: "stream-info", bytes, channelMask };
      continue;
    }
    const header = flacFrameHeader(window.bytes, window.at);
    const length = header === null ? null : await frameLength(window, header);
    if (header === null || length === null) {
      await skipToHeader(window);
      yield { kind: "damage", isFrame: header !== null };
    } else {
      yield { kind: "frame", header, bytes: window.bytes.slice(window.at, window.at + length) };
      window.at += length;
    }
  }
}

/** "fLaC": a stream begins. */
export function isMark(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x66 && bytes[at + 1] === 0x4c && bytes[at + 2] === 0x61 && bytes[at + 3] === 0x43;
}

/** Longest comment that is looked at; they are short, but for pictures that are packed into them. */
const MAX_COMMENT_BYTES = 1 << 20;

/** Steps over "fLaC" and the metadata blocks behind it and gives STREAMINFO's 34 bytes and the channel mask. */
async function readMetadata(window: ByteWindow) {
  let bytes: Uint8Array | null = null;
  let channelMask = 0;
  window.skip(4);
  for (let isLast = false; !isLast; ) {
    if (!(await window.ensure(4))) return { bytes, channelMask };
    const [first, a, b, c] = window.bytes.subarray(window.at, window.at + 4);
    const length = (a! << 16) | (b! << 8) | c!;
    isLast = (first! & 0x80) !== 0;
    window.skip(4);
    const kind = first! & 0x7f;
    if (kind === 4 && length <= MAX_COMMENT_BYTES && (await window.ensure(length))) {
      channelMask = maskOfComment(window.bytes.subarray(window.at, window.at + length));
    }
    if (kind === 0 && (await window.ensure(34))) {
      bytes = window.bytes.slice(window.at, window.at + 34);
    }
    window.skip(length);
  }
  return { bytes, channelMask };
}

/** Length of the frame that starts here, null when its end cannot be found. */
async function frameLength(window: ByteWindow, header: FlacFrameHeader): Promise<number | null> {
  // Stored as they are, samples take no more than this.
  const plainBytes = header.blockSize * header.nChannels * ((header.bits ?? 32) + 1) * 0.125;
  const maxBytes = 64 + Math.ceil(plainBytes * 1.1);
  let checksum = 0;
  let firstZero: number | null = null;
  for (let length = 0; length < maxBytes; ) {
    const isMore = await window.ensure(length + BITE_BYTES + LOOK_BYTES);
    const { bytes, at } = window;
    // No further than that, however much is at hand: a stream must come to the same as a file.
    const stop = Math.min(maxBytes, isMore ? length + BITE_BYTES : window.available);
    for (; length < stop; ) {
      checksum = crc16(bytes, at + length, at + length + 1, checksum);
      length += 1;
      if (checksum !== 0 || length <= header.headerBytes) continue;
      if (isBoundary(bytes, at + length)) return length;
      firstZero ??= length;
    }
    if (!isMore) break;
  }
  if (firstZero === null) return null;
  // Bytes without any other frame follow the last one; in a damaged frame the checksum may be zero by chance.
  for (let i = firstZero; i < Math.min(maxBytes, window.available); i++)
    if (flacFrameHeader(window.bytes, window.at + i) !== null) return null;
  return firstZero;
}

/** Bytes looked at at once. */
const BITE_BYTES = 4096;

/** Whether a frame can end before `bytes[at]`. */
function isBoundary(bytes: Uint8Array, at: number): boolean {
  if (at === bytes.length) return true;
  return flacFrameHeader(bytes, at) !== null || isMark(bytes, at) || isTag(bytes, at);
}

/** Moves to the next header, or to the end. */
async function skipToHeader(window: ByteWindow): Promise<void> {
  window.at += 1;
  for (let isMore = true; isMore; ) {
    isMore = await window.ensure(MAX_FLAC_HEADER_BYTES);
    const { bytes } = window;
    const stop = isMore ? bytes.length - MAX_FLAC_HEADER_BYTES : bytes.length - 1; // silence takes fewer bytes
    for (; window.at <= stop; window.at++) {
      const isStart = flacFrameHeader(bytes, window.at) !== null || isMark(bytes, window.at);
      if (isStart) return;
    }
  }
}
