import { expect, it } from "vitest";
import { MockDevice } from "../../test/mock-memory.js";
import { Allocator, Ledger, MemoryRefusedError } from "./index.js";

const MiB = 2 ** 20;

/** Of 1 GiB 100 MiB are left; the driver would give more, since a budget is advice. */
function place(overcommits: boolean, sizeBytes: number) {
  const device = new MockDevice({
    heaps: [[1024 * MiB, true]],
    types: [[0x7, 0]],
    limits: { overcommits },
    budgets: [{ budgetBytes: 100 * MiB, usageBytes: 0 }],
  });
  const allocator = new Allocator(device, new Ledger(), { alignmentBytes: 256 });
  return allocator.place([{ key: "a", sizeBytes, use: "hotWeights", label: "weights", reads: 1 }]);
}

it("goes beyond a budget where there is no other place and the driver can refuse", () => {
  expect(place(false, 101 * MiB).blocks).toHaveLength(1);
});

it("takes no more than the budget, headroom included, where the driver would page", () => {
  expect(place(true, 99 * MiB).blocks).toHaveLength(1);
  expect(() => place(true, 101 * MiB)).toThrow(MemoryRefusedError);
  expect(() => place(true, 101 * MiB)).toThrow(/would page/);
});
