import { readVint } from "./ebml.js";

/** The track that a block belongs to, and its time relative to its cluster's; null when they are invalid. */
export function blockTrack(bytes: Uint8Array): { number: number; ticks: number } | null {
  const number = readVint(bytes, 0);
  if (number === null || number.value === null || bytes.length < number.length + 2) return null;
  const ticks = (bytes[number.length]! << 8) | bytes[number.length + 1]!;
  return { number: number.value, ticks: (ticks << 16) >> 16 };
}

/** The frames of a Block or SimpleBlock (RFC 9559, 10); null when it is invalid. */
export function readFrames(bytes: Uint8Array): Uint8Array[] | null {
  const number = readVint(bytes, 0);
  if (number === null || number.value === null || bytes.length < number.length + 3) return null;
  const flags = bytes[number.length + 2]!;
  const at = number.length + 3; // after the number: 2 bytes of timestamp, 1 of flags
  const sizes = laceSizes(bytes, at, (flags >> 1) & 3);
  if (sizes === null) return null;
  const frames: Uint8Array[] = [];
  let start = sizes.end;
  for (const size of sizes.sizes) {
    if (size < 0 || start + size > bytes.length) return null;
    frames.push(bytes.subarray(start, start + size));
    start += size;
  }
  return frames;
}

/** Sizes of all frames in a block, and where the first one starts. */
interface Lace {
  readonly sizes: number[];
  readonly end: number;
}

function laceSizes(bytes: Uint8Array, start: number, lacing: number): Lace | null {
  if (lacing === 0) return { sizes: [bytes.length - start], end: start };
  const nFrames = (bytes[start] ?? 0) + 1;
  const given =
    lacing === 1
      ? xiphSizes(bytes, start + 1, nFrames - 1)
      : lacing === 3
        ? ebmlSizes(bytes, start + 1, nFrames - 1)
        : { sizes: [], end: start + 1 };
  if (given === null) return null;
  const rest = bytes.length - given.end;
  if (lacing === 2) {
    const size = rest / nFrames; // all of one size
    return Number.isInteger(size) ? { sizes: new Array<number>(nFrames).fill(size), end: given.end } : null;
  }
  return { ...given, sizes: [...given.sizes, rest - given.sizes.reduce((sum, size) => sum + size, 0)] };
}

/** Each size is a run of 255s and a last byte. */
function xiphSizes(bytes: Uint8Array, start: number, n: number): Lace | null {
  const sizes: number[] = [];
  let at = start;
  for (let size = 0; sizes.length < n; at++) {
    const byte = bytes[at];
    if (byte === undefined) return null;
    size += byte;
    if (byte === 255) continue;
    sizes.push(size);
    size = 0;
  }
  return { sizes, end: at };
}

/** The first size as it is, of the others the difference to the one before. */
function ebmlSizes(bytes: Uint8Array, start: number, n: number): Lace | null {
  const sizes: number[] = [];
  let at = start;
  while (sizes.length < n) {
    const number = readVint(bytes, at);
    if (number === null || number.value === null) return null;
    const bias = 2 ** (7 * number.length - 1) - 1;
    const before = sizes.at(-1);
    sizes.push(before === undefined ? number.value : before + number.value - bias);
    at += number.length;
  }
  return { sizes, end: at };
}
