import { expect, it } from "vitest";
import { Mdct } from "./mdct.js";
import { NoiseSource } from "./noise.js";
import { slopesOf } from "./windows.js";

it.each([120, 128, 960, 1024])("the transform of %d coefficients is what its definition says", (size) => {
  const input = randomNumbers(size + 3);
  const out = new Float64Array(2 * size);
  new Mdct(size).inverse(input, 3, out, 0.5);
  let worst = 0;
  // Every 7th sample: the definition takes long.
  for (let n = 0; n < 2 * size; n += 7) {
    let sum = 0;
    for (let k = 0; k < size; k++) {
      sum += input[3 + k]! * Math.cos((Math.PI / size) * (n + 0.5 + size / 2) * (k + 0.5));
    }
    worst = Math.max(worst, Math.abs(out[n]! - sum / 2));
  }
  expect(worst).toBeLessThan(1e-10);
});

it.each([1024, 960])(
  "windows for %d coefficients rise, and their squares add up to 1 with their mirror's",
  (size) => {
    const { long, short } = slopesOf(size);
    for (const slope of [...long, ...short]) {
      for (let i = 0; i < slope.length; i++) {
        expect(slope[i]! ** 2 + slope[slope.length - 1 - i]! ** 2).toBeCloseTo(1, 12);
        if (i > 0) expect(slope[i]).toBeGreaterThan(slope[i - 1]!);
      }
    }
  },
);

it("the Kaiser-Bessel-derived window is flatter at its ends than the sine", () => {
  const { long, short } = slopesOf(1024);
  // First values of the standard's tables, and the sine's.
  expect(long[1][0]).toBeCloseTo(0.00029256153896361, 10);
  expect(short[1][0]).toBeCloseTo(4.3795702929468881e-5, 10);
  expect(long[0][0]).toBeCloseTo(Math.sin(Math.PI / 4096), 12);
});

function randomNumbers(length: number): Float64Array {
  const source = new NoiseSource(7);
  return Float64Array.from({ length }, () => source.next() / 2 ** 31);
}
