import { describe, expect, it } from "vitest";
import type { MockLayout } from "../../test/mock-memory.js";
import { cuttable, GiB, MiB, pieces, place, rebar } from "./testing/placing.js";

describe("where memory suffices, but not in the order of heat", () => {
  /** 100 MiB of the device's, 50 MiB of the host's. */
  const small: MockLayout = {
    heaps: [
      [100 * MiB, true],
      [100 * MiB, false],
    ],
    types: [
      [0x1, 0],
      [0x6, 1],
    ],
    limits: { maxHostBytes: 50 * MiB },
  };
  const scratch = (sizeBytes: number) => pieces("scratch", sizeBytes)[0]!;

  it("what found no room as a whole is placed first, and the other is cut", () => {
    const { placement, ledger, device } = place(small, [cuttable("w", 80 * MiB, 200), scratch(55 * MiB)]);
    expect(placement!.places.get("scratch0")!.memory.type).toBe(0);
    expect(device.usedBytes(0) + device.usedBytes(1)).toBe(135 * MiB);
    expect(ledger.entries.map(({ reason }) => reason)).toContain(
      "no room is left: everything is placed again, this first",
    );
  });

  it("nothing is cut where that uses up the allocations", () => {
    const layout = {
      ...{ ...small, limits: { maxAllocationCount: 3 } },
      budgets: [
        { budgetBytes: 30 * MiB, usageBytes: 0 },
        { budgetBytes: 100 * MiB, usageBytes: 0 },
      ],
    };
    const others = [{ ...pieces("caches", 6 * MiB)[0]!, reads: 100 }, scratch(30 * MiB)];
    const { placement } = place(layout, [cuttable("w", 30 * MiB, 200), ...others]);
    expect(placement!.blocks).toHaveLength(3);
  });

  it("what is too much for all memory together is refused at once, and soon what fits in no order", () => {
    const nTriesFor = (sizeBytes: number) => {
      let nTries = 0;
      const others = [55 * MiB, 60 * MiB].map((bytes, i) => ({ ...scratch(bytes), key: `s${i}` }));
      const { type } = place(small, [cuttable("w", sizeBytes, 200), ...others], (device) => {
        device.refuse = () => {
          nTries++;
          return null;
        };
      });
      expect(type).toBeNull();
      return nTries;
    };
    expect(nTriesFor(40 * MiB)).toBeLessThanOrEqual(3);
    expect(nTriesFor(20 * MiB)).toBeLessThanOrEqual(8);
  });
});

describe("cutting", () => {
  it("fills what is left of the device before the rest goes to the host", () => {
    const budgets = [8 * GiB - 100 * MiB, 0].map((usageBytes, i) => ({
      budgetBytes: rebar.heaps[i]![0],
      usageBytes,
    }));
    const wanted = [cuttable("a", 60 * MiB, 2), cuttable("b", 60 * MiB)];
    // half of what is free is headroom
    const { placement, ledger } = place({ ...rebar, budgets }, wanted);
    const lying = placement!.blocks.map((block) => [
      block.step.heap,
      block.pieces.map(({ key }) => key).join(),
    ]);
    expect(lying).toEqual([
      [0, "a 0"],
      [1, "a 51200,b 0"],
    ]);
    const inDevice = placement!.places.get("a 0")!.sizeBytes;
    expect(inDevice).toBeGreaterThan(50 * MiB - 5000);
    expect(inDevice).toBeLessThanOrEqual(50 * MiB);
    expect(ledger.entries.filter(({ outcome }) => outcome === "split")).toHaveLength(1);
  });

  it("keeps a tensor in the device's memory however its free memory is scattered", () => {
    const { placement } = place(rebar, [cuttable("a", 130 * MiB)], (device) => {
      device.refuse = (_nth, type, sizeBytes) =>
        rebar.types[type]![1] === 0 && sizeBytes > 32 * MiB ? "fragmented" : null;
    });
    expect(placement!.blocks.map(({ step }) => step.heap)).not.toContain(1);
    expect([...placement!.places.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThan(
      130 * MiB + 10 * 256,
    );
  });

  it("is not done where nothing is to be had", () => {
    const { placement } = place(rebar, [cuttable("a", 130 * MiB)], (device) => {
      device.refuse = (_nth, type) => (rebar.types[type]![1] === 0 ? "full" : null);
    });
    expect([...placement!.places.keys()]).toEqual(["a 0"]);
    expect(placement!.blocks.map(({ step }) => step.heap)).toEqual([1]);
  });
});
