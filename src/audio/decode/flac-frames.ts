import { crc8, crc16 } from "../demux/crc.js";
import type { ByteSource } from "../input/index.js";
import { ByteWindow } from "./byte-window.js";

const MAX_HEADER_BYTES = 16;

/** A whole frame, its checksum right; or bytes that belong to none. */
export type FlacPiece =
  | { readonly kind: "frame"; readonly bytes: Uint8Array }
  | { readonly kind: "damage"; readonly sizeBytes: number };

/**
 * Cuts the frames of a native FLAC stream, `start` to `end`. A frame ends where the next header's checksum
 * (CRC-8) is right and the frame's own (CRC-16, zero over a whole frame) too, so damage costs only the
 * frames it touches. A frame without an end within `maxFrameBytes` is damaged.
 */
export async function* flacFrames(
  source: ByteSource,
  start: number,
  end: number,
  maxFrameBytes: number,
): AsyncGenerator<FlacPiece> {
  const window = new ByteWindow(source, start, end);
  while (await window.ensure(1)) {
    await window.ensure(MAX_HEADER_BYTES);
    const length = isHeader(window, 0) ? await frameLength(window, maxFrameBytes) : null;
    if (length === null) {
      yield { kind: "damage", sizeBytes: await skipToHeader(window) };
    } else {
      yield { kind: "frame", bytes: window.bytes.slice(window.at, window.at + length) };
      window.at += length;
    }
  }
}

/** Length of the frame that starts here, null when its end cannot be found. */
async function frameLength(window: ByteWindow, maxFrameBytes: number): Promise<number | null> {
  let checksum = 0; // over the bytes before `length`
  for (let length = 0; length <= maxFrameBytes; ) {
    const from = window.at + length;
    const found = window.bytes.indexOf(0xff, from + 1);
    const next = found < 0 ? window.bytes.length : found;
    checksum = crc16(window.bytes, from, next, checksum);
    length = next - window.at;
    await window.ensure(length + MAX_HEADER_BYTES);
    if (checksum === 0 && (window.available === length || isHeader(window, length))) return length;
    if (window.available === length) return null;
  }
  return null;
}

/** Moves to the next header (or to the end) and says how many bytes that skipped. */
async function skipToHeader(window: ByteWindow): Promise<number> {
  const from = window.offset;
  window.at += 1;
  while (await window.ensure(MAX_HEADER_BYTES)) {
    const next = window.bytes.indexOf(0xff, window.at);
    if (next < 0) {
      window.at = window.bytes.length;
      continue;
    }
    window.at = next;
    if (!(await window.ensure(MAX_HEADER_BYTES))) break;
    if (isHeader(window, 0)) return window.offset - from;
    window.at += 1;
  }
  window.at = window.bytes.length;
  return window.offset - from;
}

/** Whether a frame header with a right checksum lies `ahead` bytes from here (RFC 9639, 9.1). */
function isHeader(window: ByteWindow, ahead: number): boolean {
  const { bytes } = window;
  const at = window.at + ahead;
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8) return false;
  const blockSize = bytes[at + 2]! >> 4;
  const rate = bytes[at + 2]! & 15;
  if (blockSize === 0 || rate === 15 || bytes[at + 3]! >> 4 > 10 || (bytes[at + 3]! & 1) !== 0) return false;
  const first = bytes[at + 4]!; // the frame's number, coded like UTF-8
  const numberBytes = first < 0x80 ? 1 : Math.clz32(~(first << 24));
  if (first >= 0x80 && (numberBytes < 2 || numberBytes > 7)) return false;
  const blockBytes = blockSize === 6 ? 1 : blockSize === 7 ? 2 : 0;
  const rateBytes = rate === 12 ? 1 : rate === 13 || rate === 14 ? 2 : 0;
  const end = at + 4 + numberBytes + blockBytes + rateBytes;
  return end < bytes.length && crc8(bytes, at, end) === bytes[end];
}
