import { describe, expect, test } from "vitest";
import { noise } from "../../cases.js";
import { decode, frequency, join, read, TAGS } from "../cases.js";

const MONO = read("test/data/tone-440-44100-mono.mp3");
const STEREO = read("test/data/tone-700-22050-stereo.mp3");

/** Silent frames: a header, then zeros. The second and third byte of the header say version, layer, rate, bitrate. */
function silent(second: number, third: number, fourth: number, frameBytes: number, n: number): Uint8Array {
  const frame = new Uint8Array(frameBytes);
  frame.set([0xff, second, third, fourth]);
  return join(...Array.from({ length: n }, () => frame));
}

test("the encoder's delay and padding are cut off", async () => {
  for (const [bytes, hz] of [[MONO, 440] as const, [STEREO, 700] as const]) {
    const { samples, warnings } = await decode(bytes);
    expect(warnings).toEqual([]);
    expect(samples.length).toBe(8000);
    expect(Math.abs(frequency(samples) - hz)).toBeLessThan(5);
  }
});

test.each([
  ["rate and channels up", STEREO, MONO, 700, 440],
  ["rate and channels down", MONO, STEREO, 440, 700],
])("%s in the middle: both parts are heard at their own speed", async (_, first, second, before, after) => {
  const { samples, warnings } = await decode(join(first, second));
  expect(warnings).toEqual([]);
  // Delay and padding of the second part are played, as with ffmpeg.
  expect(Math.abs(samples.length - 16000)).toBeLessThan(2 * 0.053 * 16000);
  expect(Math.abs(frequency(samples.subarray(800, 7200)) - before)).toBeLessThan(8);
  expect(Math.abs(frequency(samples.subarray(9200, 14400)) - after)).toBeLessThan(8);
});

describe("layers and versions, by silent frames", () => {
  test.each([
    ["layer I, 44.1 kHz", [0xff, 0x10, 0xc0, 32 * 4 - 24], 384 / 44100],
    ["layer II, 48 kHz", [0xfd, 0x14, 0xc0, 96], 1152 / 48000],
    ["layer III, 32 kHz", [0xfb, 0x18, 0xc0, 144], 1152 / 32000],
    ["layer III, MPEG 2, 24 kHz", [0xf3, 0x14, 0xc0, 24], 576 / 24000],
    ["layer III, MPEG 2.5, 8 kHz", [0xe3, 0x18, 0xc0, 72], 576 / 8000],
  ] as const)("%s", async (_, [second, third, fourth, frameBytes], frameSeconds) => {
    const { seconds, warnings } = await decode(silent(second, third, fourth, frameBytes, 20));
    expect(warnings).toEqual([]);
    expect(seconds).toBeCloseTo(20 * frameSeconds, 3);
  });
});

describe.each(Object.entries(TAGS))("%s", (_, tag) => {
  test("after the last frame, between two parts, and in front", async () => {
    const once = await decode(MONO);
    const behind = await decode(join(MONO, tag));
    expect(behind.warnings).toEqual([]);
    expect(behind.samples).toEqual(once.samples);
    const between = await decode(join(MONO, tag, STEREO));
    expect(between.warnings).toEqual([]);
    expect(between.samples.length).toBe((await decode(join(MONO, STEREO))).samples.length);
    if (tag.length > 60_000) return; // more than is looked at
    const front = await decode(join(tag, MONO));
    expect(front.warnings).toEqual([]);
    expect(front.samples).toEqual(once.samples);
  });
});

test("bytes that are not a frame cost nothing else", async () => {
  const junk = new Uint8Array(noise(700).map((x) => 128 + 250 * x));
  const frames = silent(0xfb, 0x18, 0xc0, 144, 20);
  const { seconds, warnings } = await decode(join(frames, junk, frames));
  expect(warnings).toEqual(["buffer: skipped 1 damaged part"]);
  expect(seconds).toBeCloseTo((40 * 1152) / 32000, 1);
});

test("the last frame only partly there: cut off", async () => {
  const frames = silent(0xfb, 0x18, 0xc0, 144, 20);
  const { warnings } = await decode(frames.subarray(0, -10));
  expect(warnings).toEqual([expect.stringMatching(/^buffer: is cut off/)]);
});
