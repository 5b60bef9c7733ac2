// Matroska files that the tests of this folder make for themselves.

/** An element: identifier as it is written, size in 8 bytes, content (numbers are bytes). */
export function element(id: number, ...content: (Uint8Array | number)[]): Uint8Array {
  const body = bodyOf(content);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((1n << 56n) | BigInt(body.length));
  return Buffer.concat([idBytes(id), size, body]);
}

/** An element whose size a live writer left open. */
export function openElement(id: number, ...content: (Uint8Array | number)[]): Uint8Array {
  return Buffer.concat([idBytes(id), Buffer.of(1, 255, 255, 255, 255, 255, 255, 255), bodyOf(content)]);
}

function bodyOf(content: (Uint8Array | number)[]): Buffer {
  return Buffer.concat(content.map((part) => (typeof part === "number" ? Buffer.of(part) : part)));
}

function idBytes(id: number): Buffer {
  return Buffer.from(id.toString(16), "hex");
}

export const text = (value: string) => Buffer.from(value, "latin1");

export function integer(value: number, sizeBytes = 8): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes.subarray(8 - sizeBytes);
}

export function double(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

export const EBML = element(0x1a45dfa3, element(0x4282, text("webm")));
export const VIDEO = element(0xae, element(0xd7, 1), element(0x83, 1), element(0x86, text("V_VP8")));

/** An audio track, number 2. */
export function audioTrack(codec: string, ...fields: Uint8Array[]): Uint8Array {
  return element(0xae, element(0xd7, 2), element(0x83, 2), element(0x86, text(codec)), ...fields);
}

/** Settings of sound: rate in Hz, channels, bits. */
export function audioSettings(sampleRate: number, nChannels: number, bits?: number): Uint8Array {
  const depth = bits === undefined ? [] : [element(0x6264, bits)];
  return element(0xe1, element(0xb5, double(sampleRate)), element(0x9f, nChannels), ...depth);
}

export const tracks = (...entries: Uint8Array[]) => element(0x1654ae6b, ...entries);

/** What a block begins with: track, time in the cluster, lacing. */
function blockHead(track: number, ticks: number, lacing = 0): Uint8Array {
  return Buffer.of(0x80 | track, ticks >> 8, ticks & 255, 0x80 | (lacing << 1));
}

/** A SimpleBlock of the audio track. */
export function simple(ticks: number, data: Uint8Array, lacing = 0): Uint8Array {
  return element(0xa3, blockHead(2, ticks, lacing), data);
}

/** A Block in a group, with padding in nanoseconds. */
export function group(ticks: number, data: Uint8Array, paddingNs: number): Uint8Array {
  return element(0xa0, element(0xa1, blockHead(2, ticks), data), element(0x75a2, integer(paddingNs)));
}

export function picture(ticks: number, sizeBytes: number): Uint8Array {
  return element(0xa3, blockHead(1, ticks), Buffer.alloc(sizeBytes, 7));
}

export const cluster = (ticks: number, ...blocks: Uint8Array[]) =>
  element(0x1f43b675, element(0xe7, integer(ticks)), ...blocks);

export function file(...content: Uint8Array[]): Buffer {
  return Buffer.concat([EBML, element(0x18538067, ...content)]);
}
