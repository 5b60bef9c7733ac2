import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bytesOfBits, noise } from "../../cases.js";
import { flac as codec } from "../../codec/flac.js";
import { crc8, crc16 } from "../../crc.js";
import { decode, join, read, TAGS } from "../cases.js";

const FLAC = read("samples/coast-train.flac");
const N_SAMPLES = 152_640;

/** What a frame made for a test holds: one value for all samples of a channel. */
interface FrameShape {
  readonly number: number;
  readonly values: readonly number[];
  readonly bits?: 16 | 24 | 32;
  /** Code of the rate: 5 is 16 kHz, 9 is 44.1 kHz. */
  readonly rate?: number;
  /** Code of the stereo mode: 8 left and side, 9 side and right, 10 middle and side. */
  readonly stereo?: number;
}

const BLOCK_SIZE = 4096;

/** A frame of 4096 samples a channel, all the same. */
function frame({ number, values, bits = 16, rate = 5, stereo }: FrameShape): Uint8Array {
  const sizes = { 16: 4, 24: 6, 32: 7 };
  const header = [0xff, 0xf8, 0xc0 | rate, ((stereo ?? values.length - 1) << 4) | (sizes[bits] << 1), number];
  const isSide = (c: number) => stereo !== undefined && c === (stereo === 9 ? 0 : 1);
  const subframes = values.map((value, c) => {
    const nBits = bits + (isSide(c) ? 1 : 0);
    return `00000000${(BigInt(value) & ((1n << BigInt(nBits)) - 1n)).toString(2).padStart(nBits, "0")}`;
  });
  const body = bytesOfBits(subframes.join(""));
  const bytes = Uint8Array.from([...header, crc8(Uint8Array.from(header), 0, 5), ...body]);
  const checksum = crc16(bytes, 0, bytes.length);
  return join(bytes, Uint8Array.of(checksum >> 8, checksum & 255));
}

/** "fLaC" and a STREAMINFO: 16 kHz, mono, 16 bits, no number of samples. */
const START = join("fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x03\xe8\x00\xf0\0\0\0\0", new Uint8Array(16));

const open = () =>
  codec.open(
    { codec: "flac", header: new Uint8Array(0), sampleRate: 16000, nChannels: 1, speakers: null },
    "buffer",
  );

test("the sample is the same to the bit: its header has the checksum of what was encoded", async () => {
  const { samples, warnings } = await decode(FLAC);
  expect(warnings).toEqual([]);
  const bytes = new Uint8Array(Int16Array.from(samples, (x) => x * 32768).buffer);
  const expected = Buffer.from(FLAC.subarray(26, 42)).toString("hex");
  expect(createHash("md5").update(bytes).digest("hex")).toBe(expected);
  expect(samples.length).toBe(N_SAMPLES);
});

describe("frames", () => {
  test.each([
    [16, [-32768, 32767, 5]],
    [24, [-(2 ** 23), 2 ** 23 - 1, 77]],
    [32, [-(2 ** 31), 2 ** 31 - 1, 12345]],
  ] as const)("of %i bits", async (bits, values) => {
    const decoder = await open();
    const pcm = await decoder.decode(frame({ number: 0, values, bits }));
    expect(pcm!.channels.map((channel) => channel[4095])).toEqual(
      values.map((value) => Math.fround(value / 2 ** (bits - 1))),
    );
    expect(decoder.nDamaged).toBe(0);
  });

  // 1001 and 998: their difference is 3, their mean 999.5.
  test.each([
    ["left and side", 8, [1001, 3]],
    ["side and right", 9, [3, 998]],
    ["middle and side", 10, [999, 3]],
  ])("stored as %s", async (_, stereo, values) => {
    const pcm = await (await open()).decode(frame({ number: 0, values, stereo }));
    expect(pcm!.channels.map((channel) => channel[0]! * 32768)).toEqual([1001, 998]);
    expect(pcm!.speakers).toEqual(["FL", "FR"]);
  });

  test("with a wrong checksum are damage", async () => {
    const bytes = frame({ number: 0, values: [3] });
    bytes[7]! ^= 1;
    const decoder = await open();
    expect(await decoder.decode(bytes)).toBe(null);
    expect(decoder.nDamaged).toBe(1);
  });
});

describe("streams that change, by their frames", () => {
  test("rate and channels", async () => {
    const slow = [0, 1, 2].map((number) => frame({ number, values: [1000] }));
    const fast = [3, 4].map((number) => frame({ number, values: [1000, 3000], rate: 9 }));
    const { seconds, samples, warnings } = await decode(join(START, ...slow, ...fast));
    expect(warnings).toEqual([]);
    expect(seconds).toBeCloseTo((3 * BLOCK_SIZE) / 16000 + (2 * BLOCK_SIZE) / 44100, 3);
    expect(samples[5000]! * 32768).toBeCloseTo(1000, 0);
    expect(samples.at(-500)! * 32768).toBeCloseTo(2000, 0);
  });

  test("joined with and without its header", async () => {
    const frames = [0, 1, 2].map((number) => frame({ number, values: [1000] }));
    for (const middle of [START, new Uint8Array(0)]) {
      const { samples, warnings } = await decode(join(START, ...frames, middle, ...frames));
      expect(warnings).toEqual([]);
      expect(samples.length).toBe(6 * BLOCK_SIZE);
    }
  });
});

test.each([
  ["no number of samples", 21, [0xf0, 0, 0, 0, 0]],
  ["fewer samples than there are", 21, [0xf0, 0, 0, 0, 9]],
  ["more samples than there are", 21, [0xf0, 0, 0xff, 0xff, 0xff]],
  ["frames no longer than 20 bytes", 15, [0, 0, 20]],
])("a header that says: %s", async (_, at, bytes) => {
  const changed = FLAC.slice();
  changed.set(bytes, at);
  const { samples, warnings } = await decode(changed);
  expect(warnings).toEqual([]);
  expect(samples.length).toBe(N_SAMPLES);
});

test.each(Object.entries(TAGS))("%s after the last frame and between two streams", async (_, tag) => {
  const { samples, warnings } = await decode(join(FLAC, tag, FLAC, tag));
  expect(warnings).toEqual([]);
  expect(samples.length).toBe(2 * N_SAMPLES);
});

test("damage costs the frames it touches, and what follows keeps its time", async () => {
  const whole = await decode(FLAC);
  const damaged = FLAC.slice();
  noise(30_000).forEach((x, i) => {
    damaged[80_000 + i] = 128 + 255 * x;
  });
  const { samples, warnings } = await decode(damaged);
  expect(warnings).toEqual(["buffer: skipped 1 damaged part"]);
  expect(samples.length).toBe(N_SAMPLES);
  expect(samples.subarray(-40_000)).toEqual(whole.samples.subarray(-40_000));
  expect(samples.subarray(0, 40_000)).toEqual(whole.samples.subarray(0, 40_000));
});

test("cut off in a frame", async () => {
  const { samples, warnings } = await decode(FLAC.subarray(0, 100_000));
  expect(warnings).toEqual([expect.stringMatching(/^buffer: is cut off/)]);
  expect(samples.length).toBeGreaterThan(50_000);
  expect(samples.length % ((FLAC[8]! << 8) | FLAC[9]!)).toBe(0); // STREAMINFO's block size
});

describe("a channel mask in the comments", () => {
  // 2.1: left, right, low frequencies, which FLAC without a mask takes for left, right and centre.
  const tag = "WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x000B";
  const length = (bytes: number) => String.fromCharCode(bytes, 0, 0, 0);
  const content = `${length(0)}${length(1)}${length(tag.length)}${tag}`;
  const comment = (first: number) => join(`${String.fromCharCode(first, 0, 0, content.length)}${content}`);
  const frames = join(...[0, 1].map((number) => frame({ number, values: [3000, 3000, 9000] })));
  const start = Uint8Array.from(START);
  start[4] = 0; // STREAMINFO is not the last block
  start[20] = 2 << 1; // three channels

  test("says where the channels belong, the low frequency channel is left out", async () => {
    const mixed = (await decode(join(start, comment(0x84), frames))).samples[4000]!;
    expect(mixed).toBeCloseTo(3000 / 32768, 3);
    const without = (await decode(join(START, frames))).samples[4000]!;
    expect(without).toBeGreaterThan(5000 / 32768);
  });

  test("counts in a container's header as well", async () => {
    for (const header of [join(start, comment(0x84)), join(start.subarray(4), comment(0x84))]) {
      const track = { codec: "flac", header, sampleRate: 16000, nChannels: 3, speakers: null } as const;
      const decoder = await codec.open(track, "buffer");
      const pcm = await decoder.decode(frame({ number: 0, values: [1, 2, 3] }));
      expect(pcm?.speakers).toEqual(["FL", "FR", "LFE"]);
    }
  });
});
