import type { ByteSource } from "../../input/byte-source.js";
import { ID } from "./ebml.js";
import { fitsIn, MAX_HEADER_BYTES, readHeader } from "./header.js";

/** Elements in a row that make bytes after damage Matroska again. */
const RUN_TO_TRUST = 6;
/** The search for a new start ends after this many bytes. */
const MAX_JUNK_BYTES = 1 << 24;
const SCAN_BYTES = 1 << 16;
/** First bytes of the elements that a run may begin with. */
const STARTS = new Set<number>([ID.simpleBlock, ID.blockGroup, ID.cluster >>> 24]);

/** Where elements follow each other again after damage at `offset`; null when they don't. */
export interface NextRun {
  readonly offset: number | null;
  /** Nothing but zeros up to the end. */
  readonly isPadding: boolean;
}

export async function nextRun(source: ByteSource, offset: number): Promise<NextRun> {
  let isPadding = true;
  for (let at = offset; at < offset + MAX_JUNK_BYTES; at += SCAN_BYTES) {
    const bytes = await source.read(at, SCAN_BYTES + MAX_HEADER_BYTES);
    for (let i = 0; i < Math.min(bytes.length, SCAN_BYTES); i++) {
      isPadding &&= bytes[i] === 0;
      if (at + i === offset || !STARTS.has(bytes[i]!) || readHeader(bytes, i) === null) continue;
      if (await isRun(source, at + i)) return { offset: at + i, isPadding: false };
    }
    if (bytes.length < SCAN_BYTES) return { offset: null, isPadding };
  }
  return { offset: null, isPadding: false };
}

/** Whether elements follow each other from `offset` on, or up to the end. */
export async function isRun(source: ByteSource, offset: number): Promise<boolean> {
  let at = offset;
  for (let n = 0; n < RUN_TO_TRUST; n++) {
    const bytes = await source.read(at, MAX_HEADER_BYTES);
    if (bytes.length === 0) return true;
    const header = readHeader(bytes, 0);
    if (header === null || !fitsIn(source, at, header)) return false;
    at += header.headerBytes + (header.isEntered ? 0 : header.sizeBytes!);
  }
  return true;
}
