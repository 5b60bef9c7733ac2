import type { ByteSource } from "../input/index.js";
import { ByteWindow } from "./byte-window.js";

/** Identifiers of EBML and Matroska elements (RFC 8794, RFC 9559), with their length marks. */
export const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  cluster: 0x1f43b675,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  discardPadding: 0x75a2,
} as const;

/** Elements whose content is walked like what stands beside them. */
const ENTERED = new Set<number>([ID.segment, ID.cluster, ID.blockGroup]);
/** Elements that may stand in a file, a segment, a cluster or a block group; anything else is damage. */
const KNOWN = new Set<number>([
  ...Object.values(ID),
  ...[0x114d9b74, 0x1c53bb6b, 0x1254c367, 0x1941a469, 0x1043a770, 0xec, 0xbf], // seek head ... void, CRC
  ...[0xe7, 0x5854, 0xa7, 0xab, 0xaf], // timestamp, silent tracks, position, previous size, encrypted block
  ...[0x75a1, 0x9b, 0xfa, 0xfb, 0xfd, 0xa4, 0x8e], // what stands beside a block in its group
]);

/** An identifier takes up to 4 bytes, a size up to 8. */
const MAX_HEADER_BYTES = 12;
/** Elements in a row that make bytes behind damage Matroska again. */
const RUN_TO_TRUST = 6;
/** Further than this no new start is looked for. */
const MAX_JUNK_BYTES = 1 << 24;

/** An element that is not entered. Its content can be read until the next one is asked for. */
export interface Element {
  readonly id: number;
  readonly sizeBytes: number;
  /** The first `length` bytes of the content, or all there are. */
  read(length?: number): Promise<Uint8Array>;
}

/** How a walk went; complete when it has ended. */
export interface WalkReport {
  nDamaged: number;
  /** The file stops within an element. */
  isCutOff: boolean;
}

/**
 * Walks a Matroska or WebM file from its start: elements in the order of the file, without their nesting (so
 * sizes that a live writer left open do not matter). Damage is skipped up to where elements follow each
 * other again.
 */
export async function* matroskaElements(source: ByteSource, report: WalkReport): AsyncGenerator<Element> {
  const window = new ByteWindow(source, 0);
  let end = Number.POSITIVE_INFINITY; // of the segment, as far as known
  while (await window.ensure(1)) {
    await window.ensure(MAX_HEADER_BYTES);
    const header = readHeader(window.bytes, window.at);
    const fits = header !== null && fitsIn(source, window.offset, header);
    if (header === null || !fits) {
      if (window.offset >= end) return; // padding behind the segment
      const next = await nextRun(source, window);
      if (next === null) {
        report.isCutOff = true;
        return;
      }
      report.nDamaged += 1;
      window.skip(next - window.offset);
      continue;
    }
    window.skip(header.headerBytes);
    if (ENTERED.has(header.id)) {
      if (header.id === ID.segment && header.sizeBytes !== null) end = window.offset + header.sizeBytes;
      continue;
    }
    const sizeBytes = header.sizeBytes!;
    yield {
      id: header.id,
      sizeBytes,
      read: async (length = sizeBytes) => {
        await window.ensure(Math.min(length, sizeBytes));
        return window.bytes.slice(window.at, window.at + Math.min(length, sizeBytes));
      },
    };
    window.skip(sizeBytes);
  }
  if (end < Number.POSITIVE_INFINITY && window.offset < end) report.isCutOff = true;
}

interface Header {
  readonly id: number;
  /** null: open, until something that cannot be within. */
  readonly sizeBytes: number | null;
  readonly headerBytes: number;
}

/** The header of a known element at `at`, null when there is none. */
function readHeader(bytes: Uint8Array, at: number): Header | null {
  const idBytes = Math.clz32(bytes[at] ?? 0) - 23;
  if (idBytes > 4) return null;
  let id = 0;
  for (let i = 0; i < idBytes; i++) id = id * 256 + (bytes[at + i] ?? 0);
  if (!KNOWN.has(id)) return null;
  const size = readVint(bytes, at + idBytes);
  if (size === null || (size.value === null && !ENTERED.has(id))) return null;
  return { id, sizeBytes: size.value, headerBytes: idBytes + size.length };
}

/** A number of variable length; its value is null when all its bits are set ("unknown"). */
export function readVint(bytes: Uint8Array, at: number): { value: number | null; length: number } | null {
  const length = Math.clz32(bytes[at] ?? 0) - 23;
  if (length > 8 || at + length > bytes.length) return null;
  let value = bytes[at]! & (0xff >> length);
  let isOpen = value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    value = value * 256 + bytes[at + i]!;
    isOpen &&= bytes[at + i] === 0xff;
  }
  return { value: isOpen ? null : value, length };
}

/** Whether an element ends within the file; those that are entered may be cut off. */
function fitsIn(source: ByteSource, offset: number, { id, sizeBytes, headerBytes }: Header): boolean {
  return ENTERED.has(id) || offset + headerBytes + sizeBytes! <= source.sizeBytes;
}

/** Where elements follow each other again behind the window's position, null when they don't. */
async function nextRun(source: ByteSource, window: ByteWindow): Promise<number | null> {
  const scan = new ByteWindow(source, window.offset + 1);
  const last = Math.min(source.sizeBytes, window.offset + MAX_JUNK_BYTES);
  for (; scan.offset < last && (await scan.ensure(1)); scan.at++) {
    const first = scan.bytes[scan.at];
    if (first !== ID.simpleBlock && first !== ID.blockGroup && first !== ID.cluster >>> 24) continue;
    await scan.ensure(MAX_HEADER_BYTES);
    if (await isRun(source, scan.offset)) return scan.offset;
  }
  return null;
}

async function isRun(source: ByteSource, offset: number): Promise<boolean> {
  let at = offset;
  for (let n = 0; n < RUN_TO_TRUST && at < source.sizeBytes; n++) {
    const header = readHeader(await source.read(at, MAX_HEADER_BYTES), 0);
    if (header === null || !fitsIn(source, at, header)) return false;
    at += header.headerBytes + (ENTERED.has(header.id) ? 0 : header.sizeBytes!);
  }
  return true;
}
