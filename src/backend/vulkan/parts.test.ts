import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Tensor, tensorSizeBytes } from "../../ops/tensor.js";
import { rowsWithin, wholeTensor } from "./parts.js";

const weight = (shape: readonly number[], type: Tensor["type"] = "f16"): Tensor => ({
  name: "w",
  shape,
  type,
  role: "weight",
  heat: "token",
});

describe("parts", () => {
  it("cut the token embedding of large-v3 for bindings of 128 MiB", () => {
    const parts = rowsWithin(weight([51866, 1280]), 134217728);
    expect(parts.map(({ firstRow, nRows }) => [firstRow, nRows])).toEqual([[0, 51866]]);
    const f32 = rowsWithin(weight([51866, 1280], "f32"), 134217728);
    expect(f32.map(({ firstRow, nRows }) => [firstRow, nRows])).toEqual([
      [0, 26176],
      [26176, 25690],
    ]);
  });

  it("cover every byte once, in whole rows and whole words, within the limit", () => {
    const sizes = fc.record({
      nRows: fc.integer({ min: 1, max: 3000 }),
      nColumns: fc.integer({ min: 1, max: 70 }),
      limit: fc.integer({ min: 300, max: 20000 }),
    });
    fc.assert(
      fc.property(sizes, ({ nRows, nColumns, limit }) => {
        const tensor = weight([nRows, nColumns]);
        let row = 0;
        let byte = 0;
        for (const part of rowsWithin(tensor, limit)) {
          expect(part).toMatchObject({ firstRow: row, firstByte: byte });
          expect(part.sizeBytes).toBeLessThanOrEqual(limit);
          expect(part.firstByte % 4).toBe(0);
          expect(part.firstByte).toBe(row * nColumns * 2);
          row += part.nRows;
          byte += part.sizeBytes;
        }
        expect([row, byte]).toEqual([nRows, tensorSizeBytes(tensor)]);
      }),
      { seed: 3 },
    );
  });

  it("refuse rows that are too long, and tensors that may not be cut", () => {
    expect(() => rowsWithin(weight([4, 1000]), 3000)).toThrow(/larger than this device can bind/);
    expect(() => wholeTensor({ ...weight([4, 1000]), role: "state" }, 3000)).toThrow(
      /larger than this device can bind/,
    );
  });
});
