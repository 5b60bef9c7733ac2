import type { ByteSource } from "../../input/byte-source.js";
import { ID, readId, readVint } from "./ebml.js";

/** Elements whose content is read like the elements beside them. */
const ENTERED = new Set<number>([ID.segment, ID.cluster, ID.blockGroup]);
/** Elements that may stand in a file, a segment, a cluster or a block group; anything else is damage. */
const KNOWN = new Set<number>([
  ...[ID.ebml, ID.segment, ID.info, ID.tracks, ID.cluster, ID.timestamp],
  ...[ID.simpleBlock, ID.blockGroup, ID.block, ID.discardPadding],
  ...[0x114d9b74, 0x1c53bb6b, 0x1254c367, 0x1941a469, 0x1043a770, 0xec, 0xbf], // seek head ... void, CRC
  ...[0x5854, 0xa7, 0xab, 0xaf], // silent tracks, position, previous size, encrypted block
  ...[0x75a1, 0x9b, 0xfa, 0xfb, 0xfd, 0xa4, 0x8e], // what stands beside a block in its group
]);

/** An identifier takes up to 4 bytes, a size up to 8. */
export const MAX_HEADER_BYTES = 12;
/** A block of sound or picture is smaller; a size beyond is damage. */
const MAX_BLOCK_BYTES = 1 << 25;

/** Where an element begins and how long it is. */
export interface Header {
  readonly id: number;
  /** null: open, until something that cannot be within. */
  readonly sizeBytes: number | null;
  readonly headerBytes: number;
  readonly isEntered: boolean;
}

/** Whether an element ends within the file, as far as that is known, and is not larger than such elements are. */
export function fitsIn(source: ByteSource, offset: number, { id, sizeBytes, headerBytes }: Header): boolean {
  if ((id === ID.simpleBlock || id === ID.block) && sizeBytes! > MAX_BLOCK_BYTES) return false;
  return source.sizeBytes === null || offset + headerBytes + sizeBytes! <= source.sizeBytes;
}

/** The header of a known element at `at`, null when there is none. */
export function readHeader(bytes: Uint8Array, at: number): Header | null {
  const id = readId(bytes, at);
  if (id === null || !KNOWN.has(id.id)) return null;
  const size = readVint(bytes, at + id.length);
  const isEntered = ENTERED.has(id.id);
  if (size === null || (size.value === null && !isEntered)) return null;
  return { id: id.id, sizeBytes: size.value, headerBytes: id.length + size.length, isEntered };
}
