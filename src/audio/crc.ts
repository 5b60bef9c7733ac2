/** CRC-8 of FLAC frame headers: polynomial 0x07. */
export function crc8(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) crc = CRC8[crc ^ bytes[i]!]!;
  return crc;
}

/** CRC-16 of FLAC frames: polynomial 0x8005; zero over a frame with its checksum. */
export function crc16(bytes: Uint8Array, start: number, end: number, from = 0): number {
  let crc = from;
  for (let i = start; i < end; i++) crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ bytes[i]!]!;
  return crc;
}

/** CRC-32 of Ogg pages: polynomial 0x04c11db7, not reflected, starting from 0. */
export function crc32(bytes: Uint8Array, start: number, end: number, from = 0): number {
  let crc = from;
  for (let i = start; i < end; i++) crc = (crc << 8) ^ CRC32[(crc >>> 24) ^ bytes[i]!]!;
  return crc >>> 0;
}

const CRC8 = table(8, 0x07);
const CRC16 = table(16, 0x8005);
const CRC32 = table(32, 0x04c11db7);

/** Remainders of each byte value, most significant bit first. */
function table(width: number, polynomial: number): Int32Array {
  const top = 1 << (width - 1);
  const mask = width === 32 ? -1 : (1 << width) - 1;
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) crc = crc & top ? (crc << 1) ^ polynomial : crc << 1;
    return crc & mask;
  });
}
