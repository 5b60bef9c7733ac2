// Files cut into their parts, and put together again with the right sizes and checksums: so that a change of a part gets
// past the checks in front of the code that reads it.

/**
 * A part of a file. It has either parts inside or bytes.
 * @typedef {object} Part
 * @property {Part[] | null} parts
 * @property {Buffer} bytes what it holds, without the header that `write` makes; in front of the parts inside, if any
 * @property {(content: Buffer) => Buffer} write puts header and checksum around what it holds
 */

/**
 * A file's parts; null where this is none of the formats known here.
 * @param {Buffer} file
 * @returns {Part[] | null}
 */
export function partsOf(file) {
  const mark = file.toString("latin1", 0, 4);
  if (mark === "OggS") return oggPages(file);
  if (mark === "fLaC") return flacParts(file);
  if (mark === "RIFF" || mark === "RIFX" || mark === "RF64") return chunks(file, mark !== "RIFX", 4);
  if (mark === "FORM") return chunks(file, false, 4);
  if (mark === "caff") return chunks(file, false, 8);
  if (mark === "riff") return wave64(file);
  if (mark === "\x1aE\xdf\xa3") return elements(file);
  if (file.toString("latin1", 4, 8) === "ftyp") return boxes(file);
  return frames(file);
}

/** @param {Part[]} parts @returns {Buffer} */
export function fileOf(parts) {
  return Buffer.concat(
    parts.map(({ parts: inside, bytes, write }) =>
      write(inside === null ? bytes : Buffer.concat([bytes, fileOf(inside)])),
    ),
  );
}

/** @param {Buffer} bytes @param {Part["write"]} write @param {Part[] | null} parts @returns {Part} */
const part = (bytes, write = (content) => content, parts = null) => ({
  bytes: Buffer.from(bytes),
  write,
  parts,
});

/** Pages, and in them packets, each with its length in front of it for the page's lacing. @param {Buffer} file */
function oggPages(file) {
  const pages = [];
  for (let at = 0; at + 27 <= file.length; ) {
    const lacing = file.subarray(at + 27, at + 27 + byte(file, at + 26));
    const header = file.subarray(at, at + 26);
    at += 27 + lacing.length;
    const packets = [];
    for (let segment = 0, length = 0; segment < lacing.length; segment++) {
      const last = byte(lacing, segment);
      length += last;
      const goesOn = last === 255;
      if (goesOn && segment + 1 < lacing.length) continue;
      const write = (/** @type {Buffer} */ content) =>
        Buffer.concat([Buffer.of(goesOn ? 1 : 0), uint(content.length, 4, true), content]);
      packets.push(part(file.subarray(at, at + length), write));
      at += length;
      length = 0;
    }
    pages.push(part(header, oggPage, packets));
  }
  return pages;
}

/** @param {Buffer} content */
function oggPage(content) {
  const headerBytes = Math.min(26, content.length);
  /** @type {number[]} */
  const lacing = [];
  /** @type {Buffer[]} */
  const packets = [];
  for (let at = headerBytes; at + 5 <= content.length; ) {
    const goesOn = content[at] === 1;
    const length = content.readUInt32LE(at + 1);
    for (let left = length; left >= 255; left -= 255) lacing.push(255);
    if (!goesOn) lacing.push(length % 255);
    packets.push(Buffer.from(content.subarray(at + 5, at + 5 + length)));
    at += 5 + length;
  }
  if (lacing.length > 255) lacing.length = 255;
  const header = content.subarray(0, headerBytes);
  return withOggChecksum(Buffer.concat([header, Buffer.of(lacing.length, ...lacing), ...packets]));
}

/** @param {Buffer} page */
function withOggChecksum(page) {
  if (page.length < 27) return page;
  page.writeUInt32LE(0, 22);
  page.writeUInt32LE(crc(page, 32, 0x04c11db7), 22);
  return page;
}

/** Frames are told by their marks and checksums. @param {Buffer} file */
function flacParts(file) {
  const parts = [part(file.subarray(0, 4))];
  let at = 4;
  for (let isLast = false; !isLast && at + 4 <= file.length; ) {
    const first = byte(file, at);
    const end = at + 4 + file.readUIntBE(at + 1, 3);
    isLast = first >= 0x80;
    parts.push(
      part(file.subarray(at + 4, end), (content) =>
        Buffer.concat([Buffer.of(first), uint(content.length, 3, false), content]),
      ),
    );
    at = end;
  }
  for (let end = at + 8; end <= file.length; end++) {
    if (end < file.length && file.readUInt16BE(Math.min(end, file.length - 2)) >> 1 !== 0x7ffc) continue;
    if (crc(file.subarray(at, end), 16, 0x8005) !== 0) continue;
    parts.push(part(file.subarray(at, end - 2), withFlacChecksums));
    at = end;
  }
  return parts;
}

/** A changed header gets its checksum where it had it before. @param {Buffer} frame */
function withFlacChecksums(frame) {
  const headerBytes = flacHeaderBytes(frame);
  if (headerBytes < frame.length) frame[headerBytes] = crc(frame.subarray(0, headerBytes), 8, 0x07);
  return Buffer.concat([frame, uint(crc(frame, 16, 0x8005), 2, false)]);
}

/** Without the checksum. @param {Buffer} frame */
function flacHeaderBytes(frame) {
  const [sizes, number] = [byte(frame, 2), byte(frame, 4)];
  const numberBytes = number < 0x80 ? 1 : Math.max(1, Math.clz32(~(number << 24)));
  const sizeBytes = sizes >> 4 === 6 ? 1 : sizes >> 4 === 7 ? 2 : 0;
  const rateBytes = (sizes & 15) === 12 ? 1 : (sizes & 15) === 13 || (sizes & 15) === 14 ? 2 : 0;
  return 4 + numberBytes + sizeBytes + rateBytes;
}

/**
 * RIFF (little-endian), RIFX, AIFF, CAF: chunks with a name of 4 bytes and a size; all but CAF's in one large chunk.
 * @param {Buffer} file @param {boolean} isLittle @param {number} sizeBytes
 */
function chunks(file, isLittle, sizeBytes) {
  const isCaf = sizeBytes === 8;
  const parts = [];
  for (let at = isCaf ? 8 : 12; at + 4 + sizeBytes <= file.length; ) {
    const name = file.subarray(at, at + 4);
    const sizeAt = at + 4 + sizeBytes - 4;
    const size = isLittle ? file.readUInt32LE(sizeAt) : file.readUInt32BE(sizeAt);
    at += 4 + sizeBytes;
    const padding = isCaf ? 0 : size % 2;
    parts.push(
      part(file.subarray(at, at + size), (content) =>
        Buffer.concat([
          name,
          uint(content.length, sizeBytes, isLittle),
          content,
          Buffer.alloc(isCaf ? 0 : content.length % 2),
        ]),
      ),
    );
    at += size + padding;
  }
  if (isCaf) return [part(file.subarray(0, 8)), ...parts];
  const mark = file.subarray(0, 4);
  const write = (/** @type {Buffer} */ content) =>
    Buffer.concat([mark, uint(content.length, 4, isLittle), content]);
  return [part(file.subarray(8, 12), write, parts)];
}

/** Sizes count the chunk's own 24 bytes. @param {Buffer} file */
function wave64(file) {
  const parts = [part(file.subarray(0, 40))];
  for (let at = 40; at + 24 <= file.length; ) {
    const name = file.subarray(at, at + 16);
    const size = Math.max(24, Number(file.readBigUInt64LE(at + 16)));
    parts.push(
      part(file.subarray(at + 24, at + size), (content) =>
        Buffer.concat([name, uint(content.length + 24, 8, true), content, Buffer.alloc(-content.length & 7)]),
      ),
    );
    at += (size + 7) & ~7;
  }
  return parts;
}

const MASTERS = new Set([
  ...[0x1a45dfa3, 0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xe1, 0xa0, 0x1549a966, 0x6d80, 0x6240],
]);

/** EBML. Of the sizes some are written as not known. @param {Buffer} file @returns {Part[]} */
function elements(file) {
  const parts = [];
  for (let at = 0; at < file.length; ) {
    const idBytes = Math.clz32(byte(file, at)) - 23;
    const sizeAt = at + idBytes;
    const sizeBytes = Math.clz32(byte(file, sizeAt)) - 23;
    if (idBytes > 4 || sizeBytes > 8 || sizeAt + sizeBytes > file.length)
      return [...parts, part(file.subarray(at))];
    const id = file.subarray(at, sizeAt);
    const sizeField = file.subarray(sizeAt, sizeAt + sizeBytes);
    let size = byte(sizeField, 0) & (0xff >> sizeBytes);
    for (const next of sizeField.subarray(1)) size = size * 256 + next;
    const isUnknown = size === 2 ** (7 * sizeBytes) - 1;
    const from = sizeAt + sizeBytes;
    const end = isUnknown ? file.length : Math.min(file.length, from + size);
    const write = (/** @type {Buffer} */ content) => {
      const field = uint(content.length, 8, false);
      field[0] = 1;
      return Buffer.concat([id, isUnknown ? sizeField : field, content]);
    };
    const isMaster = MASTERS.has(id.readUIntBE(0, idBytes));
    parts.push(
      isMaster
        ? part(Buffer.alloc(0), write, elements(file.subarray(from, end)))
        : part(file.subarray(from, end), write),
    );
    at = end;
  }
  return parts;
}

/** Bytes in front of the boxes inside a box. @type {Record<string, number>} */
const PREFIXES = {
  ...{ moov: 0, trak: 0, mdia: 0, minf: 0, stbl: 0, edts: 0, mvex: 0, moof: 0, traf: 0, udta: 0, ilst: 0 },
  ...{ meta: 4, stsd: 8, mp4a: 28, alac: 28, Opus: 28, fLaC: 28, ".mp3": 28 },
};

/** @param {Buffer} file @param {string} holder @returns {Part[]} */
function boxes(file, holder = "") {
  const parts = [];
  for (let at = 0; at < file.length; ) {
    const size = at + 8 <= file.length ? file.readUInt32BE(at) : 0;
    if (size < 8 || at + size > file.length) return [...parts, part(file.subarray(at))];
    const type = file.subarray(at + 4, at + 8);
    const name = type.toString("latin1");
    const content = file.subarray(at + 8, at + size);
    const prefix = name === holder ? undefined : PREFIXES[name];
    const write = (/** @type {Buffer} */ inside) =>
      Buffer.concat([uint(inside.length + 8, 4, false), type, inside]);
    parts.push(
      prefix === undefined
        ? part(content, write)
        : part(content.subarray(0, prefix), write, boxes(content.subarray(prefix), name)),
    );
    at += size;
  }
  return parts;
}

/** MPEG audio, ADTS and LATM: from one mark of 11 or 12 bits to the next that is like the first. @param {Buffer} file */
function frames(file) {
  const start = file.findIndex(
    (_, at) =>
      (file.readUInt16BE(Math.min(at, file.length - 2)) & 0xffe0) >= 0xffe0 || (at === 0 && file[0] === 0x56),
  );
  if (start < 0) return null;
  const mark = file.subarray(start, start + 2);
  const isLatm = mark[0] === 0x56;
  const parts = start > 0 ? [part(file.subarray(0, start))] : [];
  for (let at = start; at < file.length; ) {
    const next = file.indexOf(isLatm ? mark.subarray(0, 1) : mark, at + 2);
    const end = isLatm
      ? at + 3 + (file.readUIntBE(Math.min(at + 1, file.length - 2), 2) & 0x1fff)
      : next < 0
        ? file.length
        : next;
    const stop = Math.min(end, file.length);
    const header = file.subarray(at, at + 1);
    const write = (/** @type {Buffer} */ content) =>
      Buffer.concat([header, uint(0xe000 | ((content.length - 2) & 0x1fff), 2, false), content.subarray(2)]);
    parts.push(
      part(isLatm ? file.subarray(at + 1, stop) : file.subarray(at, stop), isLatm ? write : undefined),
    );
    at = stop;
  }
  return parts;
}

/** @param {Buffer} bytes @param {number} at */
const byte = (bytes, at) => bytes[at] ?? 0;

/** @param {number} value @param {number} nBytes @param {boolean} isLittle */
function uint(value, nBytes, isLittle) {
  const bytes = Buffer.alloc(nBytes);
  const nLow = Math.min(nBytes, 6);
  if (isLittle) bytes.writeUIntLE(value, 0, nLow);
  else bytes.writeUIntBE(value, nBytes - nLow, nLow);
  return bytes;
}

/** @type {Map<number, Uint32Array>} */
const tables = new Map();

/** The checksum of 8, 16 or 32 bits, most significant first, from 0. @param {Buffer} bytes @param {number} width @param {number} polynomial */
function crc(bytes, width, polynomial) {
  const mask = 2 ** width - 1;
  let table = tables.get(width);
  if (table === undefined) {
    const top = 2 ** (width - 1);
    table = Uint32Array.from({ length: 256 }, (_, value) => {
      let sum = (value * 2 ** (width - 8)) >>> 0;
      for (let bit = 0; bit < 8; bit++) sum = ((sum & top ? (sum << 1) ^ polynomial : sum << 1) & mask) >>> 0;
      return sum;
    });
    tables.set(width, table);
  }
  let sum = 0;
  for (const next of bytes) sum = (((sum << 8) ^ byteOf(table, (sum >>> (width - 8)) ^ next)) & mask) >>> 0;
  return sum;
}

/** @param {Uint32Array} table @param {number} index */
const byteOf = (table, index) => table[index & 0xff] ?? 0;
