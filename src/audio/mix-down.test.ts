import { describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import { firstNotFinite, mix, monoWeights } from "./mix-down.js";
import type { Speaker } from "./pcm.js";
import { ffmpegMono, hasFfmpeg } from "./testing/ffmpeg.js";

/** ffmpeg's name of the layout; null in the second place: it has to guess from the number of channels. */
const LAYOUTS: [string, readonly Speaker[] | null, number][] = [
  ["mono", ["FC"], 1],
  ["stereo", ["FL", "FR"], 2],
  ["2.1", ["FL", "FR", "LFE"], 3],
  ["3.0", ["FL", "FR", "FC"], 3],
  ["3.0(back)", ["FL", "FR", "BC"], 3],
  ["4.0", ["FL", "FR", "FC", "BC"], 4],
  ["quad", ["FL", "FR", "BL", "BR"], 4],
  ["quad(side)", ["FL", "FR", "SL", "SR"], 4],
  ["3.1", ["FL", "FR", "FC", "LFE"], 4],
  ["5.0", ["FL", "FR", "FC", "BL", "BR"], 5],
  ["5.1", ["FL", "FR", "FC", "LFE", "BL", "BR"], 6],
  ["5.1(side)", ["FL", "FR", "FC", "LFE", "SL", "SR"], 6],
  ["6.1", ["FL", "FR", "FC", "LFE", "BC", "SL", "SR"], 7],
  ["7.1", ["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"], 8],
  ["7.1(wide)", ["FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC"], 8],
  ...[3, 4, 5, 6, 7, 8].map((n): [string, null, number] => [`${n} channels`, null, n]),
];

/** Channel by channel to sample by sample. */
function interleave(channels: readonly Float32Array[]): Float32Array {
  const n = channels.length;
  return Float32Array.from({ length: n * channels[0]!.length }, (_, i) => channels[i % n]![(i / n) | 0]!);
}

describe.runIf(hasFfmpeg)("mono is what ffmpeg -ac 1 gives (skipped without ffmpeg)", () => {
  test.each(LAYOUTS)("%s", (name, speakers, nChannels) => {
    const channels = Array.from({ length: nChannels }, (_, i) => noise(4000, i + 1));
    const ours = mix(channels, monoWeights({ channels, speakers, sampleRate: 16000 }));
    const theirs = ffmpegMono(interleave(channels), channels.length, speakers === null ? null : name);
    expect(theirs.length).toBe(ours.length);
    const worst = ours.reduce((most, x, i) => Math.max(most, Math.abs(x - theirs[i]!)), 0);
    expect(worst).toBeLessThan(1.01 / 32768);
  });
});

test("the low frequency channel is left out, the centre counts most, the sum is 1", () => {
  const channels = Array.from({ length: 6 }, () => new Float32Array(1));
  const [left, right, centre, low, backLeft, backRight] = monoWeights({
    channels,
    speakers: ["FL", "FR", "FC", "LFE", "BL", "BR"],
    sampleRate: 48000,
  });
  expect(centre).toBeCloseTo(1 / (2 + Math.SQRT2), 6);
  expect(left).toBeCloseTo(Math.SQRT1_2 / (2 + Math.SQRT2), 6);
  expect([right, low, backLeft]).toEqual([left, 0, backRight]);
});

test("channels of which nothing is known count the same", () => {
  const channels = Array.from({ length: 10 }, () => new Float32Array(1));
  expect(monoWeights({ channels, speakers: null, sampleRate: 48000 })).toEqual(channels.map(() => 0.1));
  const speakers = ["other", "other"] as const;
  expect(monoWeights({ channels: channels.slice(0, 2), speakers, sampleRate: 48000 })).toEqual([0.5, 0.5]);
});

test("a sample that is not finite is found", () => {
  expect(firstNotFinite(Float32Array.of(0, 1, -1))).toBe(-1);
  expect(firstNotFinite(Float32Array.of(0, 1, Number.NaN, 0))).toBe(2);
  expect(firstNotFinite(Float32Array.of(-1 / 0))).toBe(0);
});
