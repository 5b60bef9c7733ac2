/**
 * GPT-2's vocabularies write each byte as one printable character: printable Latin-1 bytes as themselves, the
 * others in order as the characters from U+0100 on.
 */
const byteOf: ReadonlyMap<string, number> = new Map(spelling());

/** The bytes of a token in that spelling, or null where it holds a character outside of it. */
export function bytesOfSpelling(token: string): Uint8Array | null {
  // Every spelling is one UTF-16 unit. Buffers of this size share memory, which matters with 50,000 of them.
  const bytes = Buffer.allocUnsafe(token.length);
  for (let index = 0; index < token.length; index++) {
    const byte = byteOf.get(token[index]!);
    if (byte === undefined) return null;
    bytes[index] = byte;
  }
  return bytes;
}

function* spelling(): Generator<[string, number]> {
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    yield [String.fromCharCode(printable ? byte : next++), byte];
  }
}
