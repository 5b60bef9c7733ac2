import type { ByteWindow } from "./byte-window.js";

/**
 * Steps over tags and padding that stand where a frame or a page could: ID3v1 and its extension, ID3v2 (with a footer,
 * or several), APEv1 and APEv2, Lyrics3, zeros. They are not damage wherever they stand: files joined with `cat` have
 * them in the middle. Returns how many bytes were stepped over.
 */
export async function skipTags(window: ByteWindow): Promise<number> {
  const from = window.offset;
  for (;;) {
    await window.ensure(LOOK_BYTES);
    const length = (await tagBytes(window)) ?? zeros(window);
    if (length === 0) return window.offset - from;
    window.skip(length);
  }
}

/** Bytes that are enough to recognise a tag. */
export const LOOK_BYTES = 32;
/** Zeros in a row that count as padding. */
const PADDING_BYTES = 8;

/** Whether a tag or padding begins at `bytes[at]`; at least LOOK_BYTES should follow, fewer only at the end. */
export function isTag(bytes: Uint8Array, at: number): boolean {
  if (startsWith(bytes, at, "ID3")) return id3v2Bytes(bytes, at) !== null;
  if (["TAG", "3DI", "APETAGEX", "LYRICSBEGIN"].some((mark) => startsWith(bytes, at, mark))) return true;
  // Of what is behind, a file has more at hand than a stream.
  return isZeros(bytes, at) || apeItemBytes(bytes.subarray(at, at + LOOK_BYTES), 0) !== null;
}

/**
 * Size of the ID3v2 tag whose header is at `bytes[at]`, null where there is none. Its size has 7 bits a byte.
 */
export function id3v2Bytes(bytes: Uint8Array, at: number): number | null {
  if (!startsWith(bytes, at, "ID3") || at + 10 > bytes.length) return null;
  const size = bytes.subarray(at + 6, at + 10);
  if (bytes[at + 3] === 0xff || bytes[at + 4] === 0xff || size.some((byte) => byte > 0x7f)) return null;
  const footerBytes = bytes[at + 5]! & 0x10 ? 10 : 0;
  return 10 + size.reduce((sum, byte) => sum * 128 + byte, 0) + footerBytes;
}

/** Size of the tag that begins here, null where none does. */
async function tagBytes(window: ByteWindow): Promise<number | null> {
  const { bytes, at } = window;
  if (startsWith(bytes, at, "TAG+")) return 227;
  if (startsWith(bytes, at, "TAG")) return 128;
  if (startsWith(bytes, at, "3DI")) return 10; // an ID3v2 footer by itself
  if (startsWith(bytes, at, "APETAGEX")) return apeBytes(bytes, at);
  if (startsWith(bytes, at, "LYRICSBEGIN")) return lyricsBytes(window);
  return id3v2Bytes(bytes, at) ?? (await headlessApeBytes(window));
}

const APE_HEADER_BYTES = 32;

/** An APE tag with a header, or a footer by itself. The size field counts items and footer. */
function apeBytes(bytes: Uint8Array, at: number): number {
  if (at + APE_HEADER_BYTES > bytes.length) return bytes.length - at;
  const isHeader = (uint32(bytes, at + 20) & 0x20000000) !== 0;
  return isHeader ? APE_HEADER_BYTES + uint32(bytes, at + 12) : APE_HEADER_BYTES;
}

/** Longest APE tag without header that is looked at: it ends only where its footer is found. */
const MAX_HEADLESS_BYTES = 1 << 20;

/** APEv1 has no header: its items come first and say how long each is. */
async function headlessApeBytes(window: ByteWindow): Promise<number | null> {
  for (let length = 0; length < MAX_HEADLESS_BYTES; ) {
    await window.ensure(length + 512);
    if (length > 0 && startsWith(window.bytes, window.at + length, "APETAGEX")) return length;
    const itemBytes = apeItemBytes(window.bytes, window.at + length);
    if (itemBytes === null) return null;
    length += itemBytes;
  }
  return null;
}

/** An item: size of its value, flags, a key of printable characters, a zero, the value. */
function apeItemBytes(bytes: Uint8Array, at: number): number | null {
  if (at + 11 > bytes.length) return null;
  const size = uint32(bytes, at);
  if (size > MAX_HEADLESS_BYTES || (uint32(bytes, at + 4) & 0x1ffffff8) !== 0) return null;
  const end = bytes.indexOf(0, at + 8);
  const keyBytes = end - (at + 8);
  if (end < 0 || keyBytes < 2 || keyBytes > 255) return null;
  if (bytes.subarray(at + 8, end).some((byte) => byte < 0x20 || byte > 0x7e)) return null;
  return 8 + keyBytes + 1 + size;
}

/** Lyrics3 ends with a mark; version 2 says before it how long it is, in at most six digits. */
async function lyricsBytes(window: ByteWindow): Promise<number | null> {
  await window.ensure(1_000_020);
  const { bytes, at } = window;
  for (let end = bytes.indexOf(0x4c, at + 11); end >= 0; end = bytes.indexOf(0x4c, end + 1)) {
    if (startsWith(bytes, end, "LYRICSEND") || startsWith(bytes, end, "LYRICS200")) return end + 9 - at;
  }
  return null;
}

/** Zeros in a row from here, as far as the window shows. No frame and no page begins with one. */
function zeros({ bytes, at }: ByteWindow): number {
  let end = at;
  while (bytes[end] === 0) end++;
  return end - at;
}

/** A few zeros at the very end are padding too. */
function isZeros(bytes: Uint8Array, at: number): boolean {
  const end = Math.min(at + PADDING_BYTES, bytes.length);
  for (let i = at; i < end; i++) if (bytes[i] !== 0) return false;
  return at < end;
}

function startsWith(bytes: Uint8Array, at: number, mark: string): boolean {
  for (let i = 0; i < mark.length; i++) if (bytes[at + i] !== mark.charCodeAt(i)) return false;
  return true;
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
