import { expect, it } from "vitest";
import { bytesOfBits } from "../../cases.js";
import { BitReader } from "../bit-reader.js";
import { BrokenFrame } from "./broken-frame.js";
import { NoiseSource } from "./noise.js";
import { RawDataBlock } from "./raw-data-block.js";
import { bandsOf } from "./scale-factor-bands.js";

/** Tag 0, gain 100, a long window of one band of codebook 1: scale factor 100, coefficients 0 0 0 0. */
const SINGLE = "000 0000 01100100 0 00 0 000001 0 0001 00001 0 0 0 0 0";
const END = "111";
/** 3 bytes for others, on a byte boundary. */
const DATA = (bitsBefore: number) =>
  `100 0000 1 00000011 ${"0".repeat((8 - ((bitsBefore + 16) % 8)) % 8)} 11111111 11111111 11111111`;
const FILL = "110 0010 11111111 11111111";
const LONG_FILL = `110 1111 00000010 ${"1".repeat(16 * 8)}`;
const NO_FILL = "110 0000";
/** Front: a pair with tag 5 and a single one with tag 2; a comment of one byte. */
const PROGRAM_CONFIG = (bitsBefore: number) => {
  const body = "101 0000 01 0100 0010 0000 0000 00 000 0000 000 0 0010 1 0101".replaceAll(" ", "");
  return `${body}${"0".repeat((8 - ((bitsBefore + body.length) % 8)) % 8)} 00000001 01000001`;
};
/** Dependent, of a pair with a gain each: an individual_channel_stream like above, and a second list of gains: one. */
const COUPLING = "010 0000 0 000 1 0000 1 1 0 0 00 01100100 0 00 0 000001 0 0001 00001 0 0 0 0 0 1 0";

it.each([
  { name: "sound alone", bits: [SINGLE] },
  { name: "padding", bits: [FILL, SINGLE, NO_FILL, LONG_FILL] },
  { name: "data for others", bits: [SINGLE, DATA(size(SINGLE))] },
  { name: "sound to be mixed into others", bits: [SINGLE, COUPLING] },
  { name: "a coupled pair, common gain by default", bits: [COUPLING, SINGLE, COUPLING] },
])("$name: the sound is found, and the end", ({ bits }) => {
  const { block, reader } = read([...bits, END]);
  expect(block.elements.map(({ kind, tag }) => ({ kind, tag }))).toEqual([{ kind: "single", tag: 0 }]);
  expect(reader.leftBits).toBe(0);
});

it("a program_config_element in the packet says the layout", () => {
  const { block } = read([PROGRAM_CONFIG(0), SINGLE, END]);
  expect(block.layout).toEqual([
    { kind: "single", tag: 2, speakers: ["FC"] },
    { kind: "pair", tag: 5, speakers: ["FL", "FR"] },
  ]);
  expect(block.elements.length).toBe(1);
});

it.each([
  { name: "no end", bits: [SINGLE] },
  { name: "prediction in the Low Complexity profile", bits: ["000 0000 01100100 0 00 0 000001 1", END] },
  { name: "more bands than there are", bits: ["000 0000 01100100 0 00 0 110010 0", END] },
  { name: "a reserved codebook", bits: ["000 0000 01100100 0 00 0 000001 0 1100 00001", END] },
  { name: "a section behind the last band", bits: ["000 0000 01100100 0 00 0 000001 0 0001 00010", END] },
  { name: "a scale factor below 0", bits: ["000 0000 00000000 0 00 0 000001 0 0001 00001 1011 0000", END] },
  { name: "gain control", bits: ["000 0000 01100100 0 00 0 000001 0 0001 00001 0 0 0 1", END] },
  { name: "pulses in short windows", bits: ["000 0000 01100100 0 10 0 0000 0000000 1", END] },
  { name: "more elements than any layout has", bits: [...new Array<string>(17).fill(SINGLE), END] },
])("broken: $name", ({ bits }) => {
  expect(() => read(bits)).toThrow(BrokenFrame);
});

function read(parts: readonly string[]): { block: RawDataBlock; reader: BitReader } {
  const bands = bandsOf(44100, 1024);
  const block = new RawDataBlock({ objectType: 2, bands, frameLength: 1024, noise: new NoiseSource() });
  const reader = new BitReader(bytesOfBits(parts.join("")));
  block.read(reader);
  return { block, reader };
}

function size(bits: string): number {
  return bits.replaceAll(" ", "").length;
}
