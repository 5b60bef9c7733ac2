import type { ByteSource } from "../../input/byte-source.js";

/** How chunks are stored: RIFF (RF64 and BW64 too), RIFX (big-endian), or Sony Wave64 (64-bit sizes, GUIDs as names). */
export type ChunkStyle = "riff" | "rifx" | "w64";

/** A chunk's header. */
export interface Chunk {
  /** Four characters; of a GUID the first four. */
  readonly id: string;
  /** Offset of its contents in the file. */
  readonly body: number;
  /** As it says, without header and padding. */
  readonly sizeBytes: number;
}

const W64_RIFF = "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";
const W64_WAVE = "wave\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";

/** The style of the WAVE file that begins at `bytes[at]`, null where none does. */
export function waveStyle(bytes: Uint8Array, at = 0): ChunkStyle | null {
  if (ascii(bytes, at, 16) === W64_RIFF) return ascii(bytes, at + 24, 16) === W64_WAVE ? "w64" : null;
  const mark = ascii(bytes, at, 4);
  if (ascii(bytes, at + 8, 4) !== "WAVE") return null;
  return mark === "RIFX" ? "rifx" : ["RIFF", "RF64", "BW64"].includes(mark) ? "riff" : null;
}

/** Bytes of the mark at a file's start. */
export const waveHeadBytes = (style: ChunkStyle): number => (style === "w64" ? 40 : 12);

/** Reads the header of the chunk at `at`, null after the last one. */
export async function readChunk(source: ByteSource, style: ChunkStyle, at: number): Promise<Chunk | null> {
  const headBytes = style === "w64" ? 24 : 8;
  const bytes = await source.read(at, headBytes);
  if (bytes.length < headBytes) return null;
  const view = viewOf(bytes);
  const id = ascii(bytes, 0, 4);
  const sizeBytes =
    style === "w64"
      ? Math.max(0, Number(view.getBigUint64(16, true)) - headBytes)
      : view.getUint32(4, style === "riff");
  return { id, body: at + headBytes, sizeBytes };
}

/** Where the next chunk's header begins. Some writers leave out the byte after a chunk of odd size. */
export async function behindChunk(source: ByteSource, style: ChunkStyle, chunk: Chunk): Promise<number> {
  const end = chunk.body + chunk.sizeBytes;
  if (style === "w64") return end + (-chunk.sizeBytes & 7);
  if ((chunk.sizeBytes & 1) === 0) return end;
  const next = await source.read(end, 9);
  return !isChunk(next, style, 1, null) && isChunk(next, style, 0, null) ? end : end + 1;
}

/** Where a file's size is unknown, a chunk without samples that is larger than this does not count as a chunk. */
const MAX_SIDE_BYTES = 1 << 24;

/** Whether `bytes[at]` looks like the header of a chunk that fits into the `leftBytes` after `at`. */
export function isChunk(bytes: Uint8Array, style: ChunkStyle, at: number, leftBytes: number | null): boolean {
  if (bytes.length < at + 8 || !/^[\w +-]{4}$/.test(ascii(bytes, at, 4))) return false;
  if (style === "w64") return true;
  const size = viewOf(bytes).getUint32(at + 4, style === "riff");
  return leftBytes === null ? size < MAX_SIDE_BYTES : size <= leftBytes - 8;
}

export function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
