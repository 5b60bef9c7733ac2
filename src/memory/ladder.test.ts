import { expect, it } from "vitest";
import { MockDevice } from "../../test/mock-memory.js";
import { Allocator, Ledger, MemoryRefusedError } from "./index.js";

const MiB = 2 ** 20;

/** Of the only heap, 1 GiB, the driver's budget leaves 100 MiB; the driver itself would give more. */
function allocator() {
  const device = new MockDevice({
    heaps: [[1024 * MiB, true]],
    types: [[0x7, 0]],
    budgets: [{ budgetBytes: 100 * MiB, usageBytes: 0 }],
  });
  return new Allocator(device, new Ledger(), { alignmentBytes: 256 });
}
const piece = (sizeBytes: number, key = "a") =>
  ({ key, sizeBytes, use: "hotWeights", label: "weights", reads: 1 }) as const;

it("takes what the budget leaves beside the headroom, and not a page more, though there is no other place", () => {
  // 5 % of the heap, 51.2 MiB, would be more than half of what is free
  expect(allocator().place([piece(50 * MiB)]).blocks).toHaveLength(1);
  const tooMuch = () => allocator().place([piece(50 * MiB + 1)]);
  expect(tooMuch).toThrow(MemoryRefusedError);
  expect(tooMuch).toThrow(/50 MiB is needed in total, 50 MiB is available/);
  expect(tooMuch).toThrow(
    /100 MiB left, 50 MiB of it kept free\): more than is left above what is kept free/,
  );
});

it("keeps the headroom whole however often something is asked for", () => {
  const one = allocator();
  one.place([piece(50 * MiB)]);
  expect(() => one.place([piece(1, "b")])).toThrow(MemoryRefusedError);
});
