import { expect, it } from "vitest";
import { bytesOfBits } from "../../cases.js";
import { BitReader } from "../bit-reader.js";
import { ChannelStream } from "./channel-stream.js";
import { NoiseSource } from "./noise.js";
import { bandsOf } from "./scale-factor-bands.js";
import { applyTns, filterTns } from "./tns.js";
import { readTns } from "./tns-data.js";

it.each([
  { direction: 0, isDownward: false },
  { direction: 1, isDownward: true },
])("the filter undoes the encoder's, direction $direction", ({ direction, isDownward }) => {
  const stream = new ChannelStream(bandsOf(44100, 1024), 1024);
  stream.info.maxBand = 49;
  // One filter of 4-bit coefficients 3, -2, 5 over 20 bands down from band 49.
  const bits = new BitReader(bytesOfBits(`01 1 010100 00011 ${direction} 0 0011 1110 0101`));
  stream.tnsFilters = readTns(bits, stream.info, 12);
  expect(stream.tnsFilters).toMatchObject([{ window: 0, startBand: 29, endBand: 49, isDownward }]);

  const lpc = levinson([3, -2, 5].map((c) => Math.sin((c * Math.PI) / 2 / (c >= 0 ? 7.5 : 8.5))));
  const source = new NoiseSource(5);
  const before = stream.spectrum.map(() => source.next() / 2 ** 31);
  // At 44.1 kHz the tool ends at band 42.
  const start = stream.info.bandStarts[29]!;
  const end = stream.info.bandStarts[42]!;
  const expected = before.slice();
  for (let i = start; i < end; i++) {
    for (let j = 1; j <= 3; j++) {
      const other = isDownward ? i + j : i - j;
      if (other >= start && other < end) expected[i]! += lpc[j - 1]! * before[other]!;
    }
  }
  const filtered = before.slice();
  filterTns(stream, filtered);
  filtered.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 10);
  });
  applyTns(stream, filtered);
  filtered.forEach((value, i) => {
    expect(value).toBeCloseTo(before[i]!, 10);
  });
});

/** Reflection coefficients to a direct form, one order after the other. */
function levinson(reflections: readonly number[]): number[] {
  let lpc: number[] = [];
  for (const k of reflections) lpc = [...lpc.map((a, i) => a + k * lpc[lpc.length - 1 - i]!), k];
  return lpc;
}
