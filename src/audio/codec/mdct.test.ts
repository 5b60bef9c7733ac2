import { expect, it } from "vitest";
import { NoiseSource } from "./aac/noise.js";
import { Mdct } from "./mdct.js";

it.each([32, 120, 128, 960, 1024])("the transform of %d coefficients is what its definition says", (size) => {
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

function randomNumbers(length: number): Float64Array {
  const source = new NoiseSource(7);
  return Float64Array.from({ length }, () => source.next() / 2 ** 31);
}
