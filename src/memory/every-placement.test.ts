import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MockDevice } from "../../test/mock-memory.js";
import {
  Allocator,
  Ledger,
  MemoryRefusedError,
  type Piece,
  SnapshotDevice,
  takeSnapshot,
  type Use,
} from "./index.js";
import { MiB } from "./testing/placing.js";

describe("every placement", () => {
  const layout = fc.record({
    heaps: fc.array(fc.tuple(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 31 })), fc.boolean()), {
      minLength: 1,
      maxLength: 4,
    }),
    types: fc.array(fc.tuple(fc.nat(0x1ff), fc.nat(3)), { minLength: 1, maxLength: 12 }),
    maxAllocationSizeBytes: fc.oneof(
      fc.constant(Number.POSITIVE_INFINITY),
      fc.integer({ min: 1, max: 2 ** 30 }),
    ),
    maxAllocationCount: fc.integer({ min: 1, max: 64 }),
  });
  const uses: readonly Use[] = ["hotWeights", "coldWeights", "caches", "scratch", "upload", "readBack"];
  const wanted = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 * MiB }), fc.nat(5), fc.nat(2)), {
    minLength: 1,
    maxLength: 30,
  });

  it("neither overlaps nor straddles, is aligned and usable, keeps every limit, and is what the plan said", () => {
    fc.assert(
      fc.property(layout, wanted, fc.array(fc.boolean(), { maxLength: 30 }), (card, sizes, refusals) => {
        const { heaps, types, maxAllocationSizeBytes, maxAllocationCount } = card;
        const device = new MockDevice({
          heaps,
          types,
          limits: { maxAllocationSizeBytes, maxAllocationCount },
        });
        device.refuse = (nth) => (refusals[nth] ? "no" : null);
        const asked = sizes.map(([sizeBytes, use, reads], i): Piece => {
          return { key: String(i), sizeBytes, use: uses[use]!, label: uses[use]!, reads };
        });
        const options = { alignmentBytes: 256 };
        const place = (on: MockDevice | SnapshotDevice) => {
          try {
            return new Allocator(on, new Ledger(), options).place(asked);
          } catch (error) {
            if (error instanceof MemoryRefusedError) return null;
            throw error;
          }
        };
        const planned = place(new SnapshotDevice(takeSnapshot(device)));
        const made = place(device);
        if (!refusals.includes(true)) {
          const shape = (p: ReturnType<typeof place>) =>
            p?.blocks.map((b) => [b.memory.type, b.memory.sizeBytes]);
          expect(shape(made)).toEqual(shape(planned));
        }
        if (!made) {
          expect(device.alive.size).toBe(0);
          return;
        }
        const placed = [...made.places.values()];
        for (const [i, a] of placed.entries()) {
          expect(a.offsetBytes % 256).toBe(0);
          expect(a.offsetBytes + a.sizeBytes).toBeLessThanOrEqual(a.memory.sizeBytes);
          for (const b of placed.slice(i + 1))
            if (a.memory === b.memory)
              expect(
                a.offsetBytes + a.sizeBytes <= b.offsetBytes || b.offsetBytes + b.sizeBytes <= a.offsetBytes,
              ).toBe(true);
        }
        expect(made.blocks.length).toBeLessThanOrEqual(maxAllocationCount);
        for (const { memory } of made.blocks) {
          expect(memory.sizeBytes).toBeLessThanOrEqual(maxAllocationSizeBytes);
          expect(types[memory.type]![0] & 0xf0).toBe(0);
        }
        heaps.forEach(([sizeBytes], heap) => {
          expect(device.usedBytes(heap)).toBeLessThanOrEqual(0.95 * sizeBytes);
        });
        made.free();
        expect(device.alive.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
