import type { ByteSource } from "../../input/byte-source.js";

/** A box in memory: four letters and its content. */
export interface Box {
  readonly type: string;
  readonly body: Uint8Array;
}

/** A box of a file, not yet read. */
export interface BoxPlace {
  readonly type: string;
  readonly offset: number;
  readonly headerBytes: number;
  /** Where it ends; null: with the file. */
  readonly end: number | null;
}

/** The boxes within another one's content, as far as they make sense; the last may be cut off. */
export function* boxes(bytes: Uint8Array): Generator<Box> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const header = readHeader(bytes, at);
    if (header === null) return;
    const { type, headerBytes, sizeBytes } = header;
    const end = sizeBytes === null ? bytes.length : at + sizeBytes;
    yield { type, body: bytes.subarray(at + headerBytes, end) };
    at = end;
  }
}

/** The first box of a type within another one's content; a path goes down: "mdia", "minf". */
export function find(bytes: Uint8Array | null, ...path: string[]): Uint8Array | null {
  let found = bytes;
  for (const type of path) {
    if (found === null) return null;
    let next: Uint8Array | null = null;
    for (const box of boxes(found)) {
      if (box.type !== type) continue;
      next = box.body;
      break;
    }
    found = next;
  }
  return found;
}

/** The box at `offset` of a file; null at the end and where there is none. */
export async function boxAt(source: ByteSource, offset: number): Promise<BoxPlace | null> {
  const header = readHeader(await source.read(offset, 16), 0);
  if (header === null || !/^[\x20-\x7e\xa9]{4}$/.test(header.type)) return null;
  const { type, headerBytes, sizeBytes } = header;
  return { type, offset, headerBytes, end: sizeBytes === null ? null : offset + sizeBytes };
}

/** Where a box that begins with a certain other one stands at or after `offset`; for files whose sizes lie. */
export async function searchBox(source: ByteSource, offset: number, type: string, first: string) {
  const [outer, inner] = [Buffer.from(type, "latin1"), Buffer.from(first, "latin1")];
  for (let at = offset; ; at += SEARCH_BYTES) {
    const piece = await source.read(at, SEARCH_BYTES + 16);
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let i = bytes.indexOf(outer, 4); i >= 0; i = bytes.indexOf(outer, i + 1))
      if (bytes.subarray(i + 8, i + 12).equals(inner)) return at + i - 4;
    if (bytes.length < SEARCH_BYTES + 16) return null;
  }
}

const SEARCH_BYTES = 1 << 18;

function readHeader(bytes: Uint8Array, at: number) {
  if (at + 8 > bytes.length) return null;
  const view = viewOf(bytes);
  const short = view.getUint32(at);
  const type = fourLetters(bytes, at + 4);
  if (short === 0) return { type, headerBytes: 8, sizeBytes: null };
  if (short !== 1) return short < 8 ? null : { type, headerBytes: 8, sizeBytes: short };
  if (at + 16 > bytes.length) return null;
  const sizeBytes = Number(view.getBigUint64(at + 8));
  return sizeBytes < 16 || sizeBytes > Number.MAX_SAFE_INTEGER ? null : { type, headerBytes: 16, sizeBytes };
}

export function fourLetters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
