/** Identifiers of EBML and Matroska elements (RFC 8794, RFC 9559), with their length marks. */
export const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  discardPadding: 0x75a2,
} as const;

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

/** An element's identifier with its length mark; null when there is none. */
export function readId(bytes: Uint8Array, at: number): { id: number; length: number } | null {
  const length = Math.clz32(bytes[at] ?? 0) - 23;
  if (length > 4 || at + length > bytes.length) return null;
  let id = 0;
  for (let i = 0; i < length; i++) id = id * 256 + bytes[at + i]!;
  return { id, length };
}

/** The elements within another one's content, as far as they make sense. */
export function* children(bytes: Uint8Array): Generator<[id: number, content: Uint8Array]> {
  for (let at = 0; at < bytes.length; ) {
    const id = readId(bytes, at);
    const size = id && readVint(bytes, at + id.length);
    if (id === null || size === null || size.value === null) return;
    const start = at + id.length + size.length;
    yield [id.id, bytes.subarray(start, start + size.value)];
    at = start + size.value;
  }
}

/** The first child of each kind. */
export function fieldsOf(bytes: Uint8Array | undefined): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  if (bytes !== undefined)
    for (const [id, content] of children(bytes)) if (!fields.has(id)) fields.set(id, content);
  return fields;
}

export function unsigned(bytes: Uint8Array | undefined): number | null {
  return bytes === undefined ? null : bytes.reduce((value, byte) => value * 256 + byte, 0);
}

export function signed(bytes: Uint8Array): number {
  return bytes.reduce((value, byte, i) => value * 256 + (i === 0 ? (byte << 24) >> 24 : byte), 0);
}

export function float(bytes: Uint8Array | undefined): number | null {
  if (bytes === undefined) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 4 ? view.getFloat32(0) : bytes.length === 8 ? view.getFloat64(0) : null;
}
