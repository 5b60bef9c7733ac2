import { crc32 } from "../../crc.js";
import type { ByteSource } from "../../input/byte-source.js";
import { ByteWindow } from "../byte-window.js";
import { skipTags } from "../tags.js";

const HEADER_BYTES = 27;
const CAPTURE_PATTERN = [0x4f, 0x67, 0x67, 0x53]; // "OggS"

/** One page of an Ogg file (RFC 3533), its checksum right. */
export interface OggPage {
  readonly kind: "page";
  readonly serial: number;
  readonly sequence: number;
  /** Position of the end of the last packet that ends here, in the codec's units; null when none ends. */
  readonly granule: number | null;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly continuesPacket: boolean;
  /** Lengths of the page's segments; a packet goes on while they are 255. */
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
}

/** Bytes that belong to no page. `isCutOff`: a page whose end is not there, at the end. */
export interface OggDamage {
  readonly kind: "damage";
  readonly isCutOff: boolean;
}

/** Reads the pages from `start` on. */
export async function* oggPages(source: ByteSource, start: number): AsyncGenerator<OggPage | OggDamage> {
  const window = new ByteWindow(source, start);
  for (;;) {
    await skipTags(window);
    if (!(await window.ensure(1))) return;
    const page = await readPage(window);
    if (page === null || page === "cut off") {
      const isAtEnd = !(await skipToPage(window));
      yield { kind: "damage", isCutOff: isAtEnd && page === "cut off" };
    } else {
      yield page;
    }
  }
}

/** The first page of a file, which is available; null where none is. */
export async function readPage(window: ByteWindow): Promise<OggPage | "cut off" | null> {
  const isHeader = await window.ensure(HEADER_BYTES);
  if (!isCapture(window.bytes, window.at)) return null;
  if (!isHeader) return "cut off";
  const headerBytes = HEADER_BYTES + window.bytes[window.at + 26]!;
  if (!(await window.ensure(headerBytes))) return "cut off";
  const lacing = window.bytes.slice(window.at + HEADER_BYTES, window.at + headerBytes);
  const size = headerBytes + lacing.reduce((sum, length) => sum + length, 0);
  if (!(await window.ensure(size))) return "cut off";
  const page = window.bytes.slice(window.at, window.at + size);
  const view = new DataView(page.buffer);
  if (page[4] !== 0 || pageChecksum(page) !== view.getUint32(22, true)) return null;
  window.at += size;
  const granule = view.getBigInt64(6, true);
  const flags = page[5]!;
  return {
    kind: "page",
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

/** Moves to the next page's mark; false where there is none to the end. */
async function skipToPage(window: ByteWindow): Promise<boolean> {
  window.at += 1;
  while (await window.ensure(4)) {
    const next = window.bytes.indexOf(CAPTURE_PATTERN[0]!, window.at);
    window.at = next < 0 ? window.bytes.length : next;
    if (!(await window.ensure(4))) break;
    if (isCapture(window.bytes, window.at)) return true;
    window.at += 1;
  }
  window.at = window.bytes.length;
  return false;
}

/** The mark; of one cut off by the end what there is of it. */
function isCapture(bytes: Uint8Array, at: number): boolean {
  return CAPTURE_PATTERN.every((byte, i) => at + i >= bytes.length || bytes[at + i] === byte);
}

/** The checksum counts its own four bytes as zeros. */
function pageChecksum(page: Uint8Array): number {
  const zeros = new Uint8Array(4);
  return crc32(page, 26, page.length, crc32(zeros, 0, 4, crc32(page, 0, 22)));
}

/** Puts packets together from the pages of one stream. */
export class OggPackets {
  #partial: Uint8Array[] | null = null;

  /** Whether a packet has begun that has not ended. */
  get isInPacket(): boolean {
    return this.#partial !== null && this.#partial.length > 0;
  }

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
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
