import { codeLengths } from "./huffman.js";
import { findMatches } from "./matches.js";

const endOfBlock = 256;
const nLengthCodes = 29;
/** Extra bits of the 29 length codes, the 30 distance codes, the 19 codes for code lengths (RFC 1951). */
const lengthExtra = Array.from({ length: nLengthCodes }, (_, i) => (i < 8 || i === 28 ? 0 : (i >> 2) - 1));
const distanceExtra = Array.from({ length: 30 }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1));
const repeatExtra = [...new Array<number>(16).fill(0), 2, 3, 7];
const fixedLength = (symbol: number) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);
const fixedDistanceLength = 5;
/** Order in which the lengths of those codes are written. */
const repeatOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * The size in bytes to which the zlib library (level 6, its default) compresses the data. node:zlib cannot be used: Node contains a
 * variant of the library whose matches depend on the processor and whose output is up to 7 % longer, while Whisper's threshold for
 * repetitive text is meant for the original. data: one block's worth, at most 16 KiB of text.
 */
export function zlibSizeBytes(data: Uint8Array): number {
  const literals = new Array<number>(286).fill(0);
  const distances = new Array<number>(30).fill(0);
  literals[endOfBlock] = 1;
  findMatches(data, {
    literal: (byte) => literals[byte]!++,
    match: (length, distance) => {
      literals[257 + lengthCode(length)]!++;
      distances[distanceCode(distance)]!++;
    },
  });
  const literalExtra = (symbol: number) => (symbol > endOfBlock ? lengthExtra[symbol - 257]! : 0);
  const fixedBits =
    sum(literals, (n, symbol) => n * (fixedLength(symbol) + literalExtra(symbol))) +
    sum(distances, (n, code) => n * (fixedDistanceLength + distanceExtra[code]!));
  const dynamicBits = dynamicBlockBits(literals, distances, literalExtra);
  const huffmanBytes = (Math.min(fixedBits, dynamicBits) + 3 + 7) >> 3;
  const blockBytes = data.length + 4 <= huffmanBytes ? data.length + 5 : huffmanBytes;
  return 2 + blockBytes + 4; // header, block, checksum
}

/** Bits of a block with its own codes: the codes' description, then the symbols. */
function dynamicBlockBits(
  literals: readonly number[],
  distances: readonly number[],
  literalExtra: (symbol: number) => number,
): number {
  const literal = codeLengths(literals, 15);
  const distance = codeLengths(distances, 15);
  const repeats = new Array<number>(19).fill(0);
  countRepeats(literal.lengths.slice(0, literal.largestCode + 1), repeats);
  countRepeats(distance.lengths.slice(0, distance.largestCode + 1), repeats);
  const repeat = codeLengths(repeats, 7);
  let nWritten = repeatOrder.length;
  while (nWritten > 4 && repeat.lengths[repeatOrder[nWritten - 1]!] === 0) nWritten--;
  return (
    5 +
    5 +
    4 +
    3 * nWritten +
    sum(repeats, (n, code) => n * (repeat.lengths[code]! + repeatExtra[code]!)) +
    sum(literals, (n, symbol) => n * (literal.lengths[symbol]! + literalExtra(symbol))) +
    sum(distances, (n, code) => n * (distance.lengths[code]! + distanceExtra[code]!))
  );
}

/** Counts the codes that describe code lengths: 0-15 a length, 16 the last one 3-6 times more, 17 and 18 runs of zeros. */
function countRepeats(lengths: readonly number[], counts: number[]): void {
  for (let i = 0; i < lengths.length; ) {
    const length = lengths[i]!;
    let run = 1;
    while (lengths[i + run] === length) run++;
    i += run;
    if (length === 0) {
      for (; run >= 3; run -= Math.min(run, 138)) counts[run <= 10 ? 17 : 18]!++;
      counts[0]! += run;
      continue;
    }
    counts[length]!++;
    for (run--; run >= 3; run -= Math.min(run, 6)) counts[16]!++;
    counts[length]! += run;
  }
}

function lengthCode(length: number): number {
  if (length === 258) return 28;
  const value = length - 3;
  if (value < 8) return value;
  const extra = 29 - Math.clz32(value);
  return (extra << 2) + (value >> extra);
}

function distanceCode(distance: number): number {
  const value = distance - 1;
  if (value < 4) return value;
  const extra = 30 - Math.clz32(value);
  return (extra << 1) + (value >> extra);
}

function sum(values: readonly number[], term: (value: number, index: number) => number): number {
  return values.reduce((total, value, index) => total + term(value, index), 0);
}
