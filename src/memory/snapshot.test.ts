import { describe, expect, it } from "vitest";
import { leftBytes } from "./memory-device.js";
import { cardNamed, snapshotOf } from "./simulate/index.js";
import { type MemorySnapshot, withFreeBytes } from "./snapshot.js";

const MiB = 2 ** 20;
const freeBytes = ({ heaps, budgets }: MemorySnapshot) =>
  heaps.map(({ sizeBytes }, i) => leftBytes(sizeBytes, budgets?.[i]));

describe("withFreeBytes", () => {
  it("sets what is free in some heaps, at most all of each", async () => {
    const card = snapshotOf(await cardNamed("amd-rx5700xt-windows"));
    const free = (bytes: Record<number, number>) => freeBytes(withFreeBytes(card, bytes, "card"));
    expect(free({})).toEqual(freeBytes(card));
    expect(free({ 0: 100 * MiB })).toEqual([100 * MiB, 8573157376, 181755904]);
    expect(free({ 0: -1, 2: 1e12 })).toEqual([0, 8573157376, 268435456]);
    const untold = { ...card, budgets: null };
    expect(freeBytes(withFreeBytes(untold, { 1: 5 }, "card"))).toEqual([8321499136, 5, 268435456]);
  });

  it.each(["1", "NaN", "-1", "length"])("takes no heap that isn't there: %s", async (heap) => {
    const card = snapshotOf(await cardNamed("mali"));
    expect(() => withFreeBytes(card, { [heap]: 5 }, "mali")).toThrow(
      expect.objectContaining({
        code: "option-invalid",
        message: `mali has no heap ${heap}`,
        hint: "Its heaps are 0 only.",
      }),
    );
    expect(() => withFreeBytes({ ...card, heaps: [] }, { [heap]: 5 }, "x")).toThrow("x has no heap");
  });
});
