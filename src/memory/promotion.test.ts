import { describe, expect, it } from "vitest";
import { MockDevice } from "../../test/mock-memory.js";
import { Allocator, Ledger } from "./index.js";
import { MiB, noRebar, pieces, rebar } from "./testing/placing.js";

describe("promotion", () => {
  /** Two pieces spill since VRAM is taken; then it is free. */
  function spilled() {
    const device = new MockDevice({
      ...rebar,
      budgets: [0, 1].map((heap) => ({ budgetBytes: rebar.heaps[heap]![0], usageBytes: 0 })),
    });
    const ledger = new Ledger();
    const allocator = new Allocator(device, ledger, { alignmentBytes: 256 });
    device.refuse = (_nth, type) => (rebar.types[type]![1] === 0 ? "full" : null);
    const hot = { ...pieces("hotWeights", 30 * MiB)[0]!, reads: 200 };
    const placement = allocator.place([...pieces("coldWeights", 20 * MiB, 10 * MiB), hot]);
    device.refuse = () => null;
    const heaps = () => placement.blocks.map(({ step }) => step.heap);
    expect(heaps()).not.toContain(0);
    expect(allocator.hasSpilled(placement)).toBe(true);
    return { device, ledger, allocator, placement, heaps };
  }

  it("moves all back where there is room, and gives the host's memory back", () => {
    const { device, allocator, placement, heaps, ledger } = spilled();
    const promotion = allocator.promote(placement)!;
    expect(promotion.moves.map(({ key }) => key)).toEqual(["hotWeights0", "coldWeights0", "coldWeights1"]);
    for (const { from, to } of promotion.moves) expect(to.sizeBytes).toBe(from.sizeBytes);
    promotion.keep();
    expect(new Set(heaps())).toEqual(new Set([0]));
    expect(device.usedBytes(1)).toBe(0);
    expect(device.usedBytes(0)).toBe(60 * MiB);
    for (const { key, to } of promotion.moves) expect(placement.places.get(key)).toBe(to);
    expect(allocator.hasSpilled(placement)).toBe(false);
    expect(allocator.promote(placement)).toBeNull();
    expect(ledger.entries.at(-1)).toMatchObject({ outcome: "promoted", heap: 0 });
    placement.free();
    expect(device.alive.size).toBe(0);
  });

  it("takes the hottest where there is not room for all, and leaves the others", () => {
    const { device, allocator, placement, heaps } = spilled();
    device.refuse = (_nth, type) => (rebar.types[type]![1] === 0 && device.usedBytes(0) > 0 ? "full" : null);
    allocator.promote(placement)!.keep();
    expect(heaps().sort()).toEqual([0, 1]);
    expect(placement.places.get("hotWeights0")!.memory.type).toBe(4);
    // what stayed is where it was, beside nothing that left
    const [cold] = placement.blocks.filter(({ step }) => step.heap === 1);
    expect(cold!.pieces.map(({ key }) => key)).toEqual(["coldWeights0", "coldWeights1"]);
    placement.free();
    expect(device.alive.size).toBe(0);
  });

  it("has room only as far as the user's limit and the small visible heap leave some", () => {
    const limited = new Allocator(new MockDevice(rebar), new Ledger(), {
      ...{ alignmentBytes: 256, vramLimitBytes: 20 * MiB },
    });
    expect(limited.hasRoom(limited.place(pieces("hotWeights", 30 * MiB)))).toBe(false);
    expect(limited.hasRoom(limited.place(pieces("caches", 30 * MiB, 10 * MiB)))).toBe(false);
    const device = new MockDevice({
      ...noRebar,
      budgets: noRebar.heaps.map(([sizeBytes], i) => ({
        budgetBytes: sizeBytes,
        usageBytes: i === 0 ? sizeBytes : 0,
      })),
    });
    const full = new Allocator(device, new Ledger(), { alignmentBytes: 256 });
    expect(full.hasRoom(full.place(pieces("hotWeights", 30 * MiB)))).toBe(false);
  });

  it("can be undone, and is null without room: nothing has moved, nothing is held", () => {
    const { device, allocator, placement, ledger } = spilled();
    const before = [...placement.places];
    allocator.promote(placement)!.undo("the copy differs");
    expect([...placement.places]).toEqual(before);
    expect(device.usedBytes(0)).toBe(0);
    expect(ledger.entries.at(-1)).toMatchObject({ outcome: "refused", reason: "the copy differs" });
    device.refuse = (_nth, type) => (rebar.types[type]![1] === 0 ? "full" : null);
    expect(allocator.promote(placement)).toBeNull();
    placement.free();
    expect(device.alive.size).toBe(0);
  });
});
