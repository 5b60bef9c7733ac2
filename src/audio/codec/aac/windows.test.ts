import { expect, it } from "vitest";
import { slopesOf } from "./windows.js";

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
