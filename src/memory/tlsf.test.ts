import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Tlsf } from "./tlsf.js";

describe("two-level segregated fit", () => {
  it("fills a block to the last byte, and has not one more", () => {
    const tlsf = new Tlsf(1000);
    expect([300, 300, 400].map((size) => tlsf.allocate(size))).toEqual([0, 300, 600]);
    expect(tlsf.allocate(1)).toBeNull();
    expect(tlsf.freeBytes).toBe(0);
  });

  it("makes one range of free neighbours", () => {
    const tlsf = new Tlsf(300);
    const [a, b, c] = [100, 100, 100].map((size) => tlsf.allocate(size)!) as [number, number, number];
    tlsf.free(a);
    tlsf.free(c);
    expect(tlsf.allocate(101)).toBeNull();
    tlsf.free(b);
    expect(tlsf.allocate(300)).toBe(0);
  });

  it("refuses what is not there: an empty block, an offset freed twice", () => {
    expect(new Tlsf(0).allocate(1)).toBeNull();
    const tlsf = new Tlsf(64);
    const at = tlsf.allocate(64)!;
    tlsf.free(at);
    expect(() => tlsf.free(at)).toThrow("nothing was allocated");
    expect(() => tlsf.free(3)).toThrow("nothing was allocated");
  });

  it("holds sizes beyond 32 bits", () => {
    const tlsf = new Tlsf(2 ** 40);
    expect(tlsf.allocate(2 ** 39)).toBe(0);
    expect(tlsf.allocate(2 ** 39)).toBe(2 ** 39);
    expect(tlsf.allocate(1)).toBeNull();
  });

  it("never overlaps, loses nothing, and is whole again at the end (random takes and frees)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1 << 20 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1 << 17 }), fc.nat()), { maxLength: 200 }),
        (sizeBytes, moves) => {
          const tlsf = new Tlsf(sizeBytes);
          const taken = new Map<number, number>();
          for (const [size, choice] of moves) {
            if (choice % 3 === 0 && taken.size > 0) {
              const offset = [...taken.keys()][choice % taken.size]!;
              tlsf.free(offset);
              taken.delete(offset);
              continue;
            }
            const offset = tlsf.allocate(size);
            if (offset === null) continue;
            expect(offset + size).toBeLessThanOrEqual(sizeBytes);
            for (const [other, otherSize] of taken)
              expect(offset + size <= other || other + otherSize <= offset).toBe(true);
            taken.set(offset, size);
          }
          expect(tlsf.freeBytes).toBe(sizeBytes - [...taken.values()].reduce((a, b) => a + b, 0));
          for (const offset of taken.keys()) tlsf.free(offset);
          expect(tlsf.allocate(sizeBytes)).toBe(0);
        },
      ),
    );
  });

  it("fills, frees a tenth, churns, and is filled exactly again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 10, maxLength: 100 }),
        fc.nat(),
        (sizes, seed) => {
          const total = sizes.reduce((a, b) => a + b, 0);
          const tlsf = new Tlsf(total);
          const places = sizes.map((size) => tlsf.allocate(size)!);
          const some = places
            .map((offset, i) => ({ offset, size: sizes[i]! }))
            .filter((_, i) => (i + seed) % 10 === 0);
          for (const { offset } of some) tlsf.free(offset);
          for (const { size } of [...some].sort((a, b) => b.size - a.size))
            expect(tlsf.allocate(size)).not.toBeNull();
          expect(tlsf.freeBytes).toBe(0);
        },
      ),
    );
  });
});
