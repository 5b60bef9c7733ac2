import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { FileCursor } from "../file-cursor.js";

const endRecord = { signature: 0x06054b50, sizeBytes: 22, commentLimitBytes: 0xffff };
const entryRecord = { signature: 0x02014b50, sizeBytes: 46 };
const localHeader = { signature: 0x04034b50, sizeBytes: 30 };
const encryptedFlag = 1;

interface ZipEntry {
  readonly method: number;
  readonly compressedSizeBytes: number;
  readonly sizeBytes: number;
  /** Where the data begins, after the entry's local header. */
  readonly offsetBytes: number;
}

/** A zip archive as wheels are: stored or deflated files, under 4 GiB, not encrypted. */
export class ZipArchive {
  readonly #path: string;
  readonly #entries: ReadonlyMap<string, ZipEntry>;

  private constructor(path: string, entries: ReadonlyMap<string, ZipEntry>) {
    this.#path = path;
    this.#entries = entries;
  }

  /** Reads the directory of the archive. @throws WhisperVulkanError "model-invalid" */
  static async open(path: string): Promise<ZipArchive> {
    const file = await FileCursor.open(path);
    try {
      return new ZipArchive(path, await readDirectory(file));
    } finally {
      await file.close();
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The unpacked bytes of a file in the archive; fails unless they are exactly as many as promised. */
  async *read(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`${this.#path} holds no ${name}`);
    let sizeBytes = 0;
    for await (const piece of entry.compressedSizeBytes === 0 ? [] : this.#unpack(entry)) {
      sizeBytes += piece.byteLength;
      if (sizeBytes > entry.sizeBytes) break;
      yield piece;
    }
    if (sizeBytes !== entry.sizeBytes) throw new Error(`${name} in ${this.#path} is damaged`);
  }

  #unpack(entry: ZipEntry): Readable {
    const packed = createReadStream(this.#path, {
      start: entry.offsetBytes,
      end: entry.offsetBytes + entry.compressedSizeBytes - 1,
      highWaterMark: 1 << 18,
    });
    if (entry.method === 0) return packed;
    // The loop below gets any error from the inflater, so the callback has nothing to do.
    return pipeline(packed, createInflateRaw({ chunkSize: 1 << 18 }), () => {});
  }
}

async function readDirectory(file: FileCursor): Promise<Map<string, ZipEntry>> {
  const { count, offsetBytes } = await findDirectory(file);
  const entries = new Map<string, ZipEntry>();
  file.offsetBytes = offsetBytes;
  for (let index = 0; index < count; index++) {
    const record = dataView(await file.take(entryRecord.sizeBytes, "the zip directory"));
    if (record.getUint32(0, true) !== entryRecord.signature)
      throw file.invalid("the zip directory is damaged");
    const flags = record.getUint16(8, true);
    const method = record.getUint16(10, true);
    const nameLength = record.getUint16(28, true);
    const extrasLength = record.getUint16(30, true) + record.getUint16(32, true);
    const name = new TextDecoder().decode(await file.take(nameLength, "the zip directory"));
    file.skip(extrasLength, "the zip directory");
    if ((method !== 0 && method !== 8) || (flags & encryptedFlag) !== 0) continue;
    entries.set(name, {
      method,
      compressedSizeBytes: record.getUint32(20, true),
      sizeBytes: record.getUint32(24, true),
      offsetBytes: await dataOffset(file, record.getUint32(42, true)),
    });
  }
  return entries;
}

/** The directory's position is in a record at the very end, before a comment of unknown length. */
async function findDirectory(file: FileCursor): Promise<{ count: number; offsetBytes: number }> {
  const tailSizeBytes = Math.min(file.sizeBytes, endRecord.sizeBytes + endRecord.commentLimitBytes);
  const tail = new Uint8Array(tailSizeBytes);
  await file.readAt(file.sizeBytes - tailSizeBytes, tail, "the zip archive");
  const view = dataView(tail);
  for (let at = tailSizeBytes - endRecord.sizeBytes; at >= 0; at--) {
    if (view.getUint32(at, true) === endRecord.signature) {
      return { count: view.getUint16(at + 10, true), offsetBytes: view.getUint32(at + 16, true) };
    }
  }
  throw file.invalid("this is not a zip archive, or its end is missing", file.sizeBytes);
}

/** A local header repeats name and extra fields with its own lengths, so it must be read. */
async function dataOffset(file: FileCursor, headerOffsetBytes: number): Promise<number> {
  const header = new Uint8Array(localHeader.sizeBytes);
  await file.readAt(headerOffsetBytes, header, "a zip entry");
  const view = dataView(header);
  if (view.getUint32(0, true) !== localHeader.signature) {
    throw file.invalid("a zip entry is damaged", headerOffsetBytes);
  }
  return headerOffsetBytes + localHeader.sizeBytes + view.getUint16(26, true) + view.getUint16(28, true);
}

function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
