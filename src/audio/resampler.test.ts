import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSame, noise, sine } from "./cases.js";
import { Resampler } from "./resampler.js";
import { WeightedSums } from "./weighted-sums.js";

const sums = await WeightedSums.load();
const RATES = [8000, 11025, 12000, 22050, 24000, 32000, 44100, 44056, 48000, 96000, 192000];

function resample(samples: Float32Array, rate: number, pieces: number[] = []): Float32Array {
  const resampler = new Resampler(rate, 16000, sums);
  const output: number[] = [];
  let at = 0;
  for (const size of [...pieces, samples.length]) {
    output.push(...resampler.push(samples.subarray(at, at + size)));
    at += size;
  }
  output.push(...resampler.flush());
  return Float32Array.from(output);
}

/** Root mean square, without the ends. */
function level(samples: Float32Array): number {
  const inside = samples.subarray(2000, samples.length - 2000);
  return Math.sqrt(inside.reduce((sum, x) => sum + x * x, 0) / inside.length);
}

describe.each(RATES)("%i Hz", (rate) => {
  const nyquist = Math.min(rate, 16000) / 2;

  test("what it passes comes out with the same level and in the same place", () => {
    for (const part of [0.01, 0.3, 0.6, 0.9]) {
      const output = resample(sine(part * nyquist, rate, rate), rate);
      const expected = sine(part * nyquist, 16000, output.length);
      let worst = 0;
      for (let i = 1000; i < output.length - 1000; i++)
        worst = Math.max(worst, Math.abs(output[i]! - expected[i]!));
      expect(worst).toBeLessThan(2e-4);
    }
  });

  if (rate > 16000)
    test("what it cannot hold is 80 dB down", () => {
      for (const frequency of [8800, 9500, 0.45 * rate].filter((f) => f >= 8800 && f < rate / 2)) {
        const decibels =
          20 * Math.log10(level(resample(sine(frequency, rate, rate), rate)) / (0.5 * Math.SQRT1_2));
        expect(decibels).toBeLessThan(-80);
      }
    });

  if (rate < 16000)
    test("mirror images above its Nyquist frequency are 80 dB down", () => {
      const frequency = 0.9 * nyquist;
      const output = resample(sine(frequency, rate, rate), rate);
      const rest = output.map((x, i) => x - 0.5 * Math.sin((2 * Math.PI * frequency * i) / 16000));
      expect(20 * Math.log10(level(rest) / (0.5 * Math.SQRT1_2))).toBeLessThan(-75);
    });

  test("a constant stays one", () => {
    const output = resample(new Float32Array(rate).fill(0.25), rate);
    expect(output.subarray(1000, -1000).every((x) => Math.abs(x - 0.25) < 1e-6)).toBe(true);
  });
});

test("the number of samples is the rounded ratio", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 200_000 }), fc.integer({ min: 0, max: 3000 }), (rate, n) => {
      expect(resample(new Float32Array(n), rate).length).toBe(Math.round((n * 16000) / rate));
    }),
    { numRuns: 60 },
  );
});

test("how the input is cut does not matter", () => {
  const samples = noise(20_000);
  fc.assert(
    fc.property(
      fc.constantFrom(...RATES),
      fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 20 }),
      (rate, pieces) => {
        expect(isSame(resample(samples, rate, pieces), resample(samples, rate))).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});
