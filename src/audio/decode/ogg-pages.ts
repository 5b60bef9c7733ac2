import { crc32 } from "../demux/crc.js";
import type { ByteSource } from "../input/index.js";
import { ByteWindow } from "./byte-window.js";

const HEADER_BYTES = 27;
const MAX_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;
const CAPTURE_PATTERN = [0x4f, 0x67, 0x67, 0x53]; // "OggS"

/** One page of an Ogg file (RFC 3533), its checksum right. */
export interface OggPage {
  /** The whole page with its header. */
  readonly bytes: Uint8Array;
  readonly serial: number;
  readonly sequence: number;
  /** Position of the last packet that ends here, in the codec's units; null when none ends. */
  readonly granule: number | null;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly continuesPacket: boolean;
  /** Lengths of the page's segments; a packet goes on while they are 255. */
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
}

/** Reads the pages from `start` on; what lies between is skipped and counted by `onDamage`. */
export async function* oggPages(
  source: ByteSource,
  start: number,
  onDamage: (sizeBytes: number) => void,
): AsyncGenerator<OggPage> {
  const window = new ByteWindow(source, start);
  let skipped = 0;
  for (;;) {
    await window.ensure(MAX_PAGE_BYTES);
    const page = parsePage(window);
    if (page !== null) {
      if (skipped > 0) onDamage(skipped);
      skipped = 0;
      window.at += page.bytes.length;
      yield page;
      continue;
    }
    if (window.available === 0) break;
    const next = window.bytes.indexOf(CAPTURE_PATTERN[0]!, window.at + 1);
    const to = next < 0 ? window.bytes.length : next;
    skipped += to - window.at;
    window.at = to;
  }
  if (skipped > 0) onDamage(skipped);
}

function parsePage(window: ByteWindow): OggPage | null {
  const { bytes, at } = window;
  if (window.available < HEADER_BYTES || CAPTURE_PATTERN.some((byte, i) => bytes[at + i] !== byte))
    return null;
  const nSegments = bytes[at + 26]!;
  const headerBytes = HEADER_BYTES + nSegments;
  if (bytes[at + 4] !== 0 || window.available < headerBytes) return null;
  const lacing = bytes.slice(at + HEADER_BYTES, at + headerBytes);
  const size = headerBytes + lacing.reduce((sum, length) => sum + length, 0);
  if (window.available < size) return null;
  const page = bytes.slice(at, at + size);
  const view = new DataView(page.buffer);
  if (pageChecksum(page) !== view.getUint32(22, true)) return null;
  const granule = view.getBigInt64(6, true);
  const flags = page[5]!;
  return {
    bytes: page,
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    granule: granule < 0n ? null : Number(granule),
    continuesPacket: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    lacing,
    body: page.subarray(headerBytes),
  };
}

/** The checksum counts its own four bytes as zeros. */
function pageChecksum(page: Uint8Array): number {
  const zeros = new Uint8Array(4);
  return crc32(page, 26, page.length, crc32(zeros, 0, 4, crc32(page, 0, 22)));
}

/** Puts packets together from the pages of one stream. */
export class OggPackets {
  #partial: Uint8Array[] | null = null;

  /** The packets that end on this page. A packet whose beginning is missing is left out. */
  push(page: OggPage): Uint8Array[] {
    const packets: Uint8Array[] = [];
    if (!page.continuesPacket) this.#partial = [];
    let at = 0;
    for (const length of page.lacing) {
      this.#partial?.push(page.body.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      if (this.#partial !== null) packets.push(join(this.#partial));
      this.#partial = [];
    }
    return packets;
  }

  /** Forgets a packet begun, after a page was lost. */
  lost(): void {
    this.#partial = null;
  }
}

function join(parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
