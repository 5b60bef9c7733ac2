import type { ByteSource } from "../../input/byte-source.js";
import type { DamageReport } from "../damage-report.js";
import { ReadAhead } from "../read-ahead.js";
import { ID } from "./ebml.js";
import { fitsIn, type Header, MAX_HEADER_BYTES, readHeader } from "./header.js";
import { isRun, nextRun } from "./resync.js";

/** An element that is not entered, or the mark that a cluster or a segment begins. */
export interface Element {
  readonly id: number;
  readonly sizeBytes: number;
  /** The first `length` bytes of the content, or all there are. Only until the next element is asked for. */
  read(length?: number): Promise<Uint8Array>;
}

/**
 * Walks a Matroska or WebM file from its start: elements in the order of the file, without their nesting (so
 * sizes that a live writer left open do not matter). Damage is skipped up to where elements follow each
 * other again. `keepsBytes`: the source is not told which bytes are no longer needed.
 */
export async function* elements(
  source: ByteSource,
  start: number,
  damage: DamageReport,
  keepsBytes = false,
): AsyncGenerator<Element> {
  const ahead = new ReadAhead(source);
  let offset = start;
  let segmentEnd: number | null = null; // ends as far as known
  let clusterEnd: number | null = null;
  for (;;) {
    if (!keepsBytes) ahead.release(Math.max(start, offset - 1)); // one more: whether it is there tells a cut
    const bytes = await ahead.bytes(offset, MAX_HEADER_BYTES);
    if (bytes.length === 0) break;
    const header = readHeader(bytes, 0);
    if (header === null || !(await isPlausible(source, offset, header, clusterEnd))) {
      if (segmentEnd !== null && offset >= segmentEnd) return; // padding after the segment
      const next = await nextRun(source, offset);
      if (next.offset === null) {
        damage.isCutOff ||= !next.isPadding;
        return;
      }
      damage.nDamaged += 1;
      offset = next.offset;
      clusterEnd = null;
      continue;
    }
    const { id, isEntered } = header;
    const content = offset + header.headerBytes;
    const end = header.sizeBytes === null ? null : content + header.sizeBytes;
    if (id === ID.segment) segmentEnd = end;
    if (id === ID.cluster) clusterEnd = end;
    const sizeBytes = isEntered ? 0 : header.sizeBytes!;
    yield { id, sizeBytes, read: (length = sizeBytes) => ahead.bytes(content, Math.min(length, sizeBytes)) };
    offset = content + sizeBytes;
  }
  const isWhole = offset === start || (await ahead.bytes(offset - 1, 1)).length === 1;
  if (!isWhole || (segmentEnd !== null && offset < segmentEnd)) damage.isCutOff = true;
}

/** Whether an element may be what its header says: those that are entered may be cut off, others end within the file. */
async function isPlausible(source: ByteSource, offset: number, header: Header, clusterEnd: number | null) {
  if (header.isEntered) return true;
  const end = offset + header.headerBytes + header.sizeBytes!;
  if (!fitsIn(source, offset, header)) return false;
  // Across the end of its cluster: one of the two sizes is wrong.
  if (clusterEnd !== null && offset < clusterEnd && end > clusterEnd) return isRun(source, end);
  return true;
}
