import { expect, it } from "vitest";
import { ChannelStream, NOISE_BOOK } from "./channel-stream.js";
import { NoiseSource } from "./noise.js";
import { bandsOf } from "./scale-factor-bands.js";
import { applyIntensity, applyMidSide } from "./stereo.js";

/** A pair of long windows with 4 coded bands of 4 coefficients each, left 1, 2, 3 ..., right 100, 101 ... */
function pair(): [ChannelStream, ChannelStream] {
  const streams = [1, 100].map((first) => {
    const stream = new ChannelStream(bandsOf(44100, 1024), 1024);
    stream.info.maxBand = 4;
    stream.codebooks.fill(1, 0, 4);
    for (let i = 0; i < 16; i++) stream.spectrum[i] = first + i;
    return stream;
  });
  return [streams[0]!, streams[1]!];
}

it("middle and side become left and right only in marked bands without noise or intensity", () => {
  const [left, right] = pair();
  right.codebooks[2] = NOISE_BOOK;
  applyMidSide(left, right, Uint8Array.of(0, 1, 1, 0));
  expect([...left.spectrum.subarray(2, 10)]).toEqual([3, 4, 5 + 104, 6 + 105, 7 + 106, 8 + 107, 9, 10]);
  expect([...right.spectrum.subarray(2, 10)]).toEqual([
    102,
    103,
    5 - 104,
    6 - 105,
    7 - 106,
    8 - 107,
    108,
    109,
  ]);
});

it("an intensity band is the left one, 1.5 dB quieter a step, its phase turned by codebook and mask", () => {
  const [left, right] = pair();
  right.codebooks.set([15, 14, 14, 1]);
  right.scaleFactors.set([4, -4, 0, 0]);
  applyIntensity(left, right, Uint8Array.of(0, 0, 1, 1));
  expect([...right.spectrum.subarray(0, 16)]).toEqual([
    ...[1, 2, 3, 4].map((x) => x / 2),
    ...[5, 6, 7, 8].map((x) => x * -2),
    ...[9, 10, 11, 12],
    ...[112, 113, 114, 115],
  ]);
});

it("noise has the energy that was coded; marked bands of a pair have the same noise", () => {
  const [left, right] = pair();
  left.codebooks.fill(NOISE_BOOK, 0, 3);
  right.codebooks.fill(NOISE_BOOK, 0, 3);
  left.scaleFactors.set([8, 12, 20]);
  right.scaleFactors.set([16, 16, 16]);
  new NoiseSource().fillPair(left, right, Uint8Array.of(1, 0, 1, 0));
  const energy = (stream: ChannelStream, band: number) =>
    stream.spectrum.subarray(4 * band, 4 * band + 4).reduce((sum, x) => sum + x * x, 0);
  for (const stream of [left, right]) {
    for (const band of [0, 1, 2])
      expect(energy(stream, band)).toBeCloseTo(2 ** (stream.scaleFactors[band]! / 2), 6);
  }
  const ratio = (i: number) => right.spectrum[i]! / left.spectrum[i]!;
  expect([0, 1, 2, 3].map(ratio).every((x) => Math.abs(x - 4) < 1e-9)).toBe(true);
  expect([8, 9, 10, 11].map(ratio).every((x) => Math.abs(x - 0.5) < 1e-9)).toBe(true);
  expect([4, 5, 6, 7].map(ratio).every((x) => Math.abs(x - ratio(4)) < 1e-9)).toBe(false);
});
