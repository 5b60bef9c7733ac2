import { describe, expect, it } from "vitest";
import { cardNamed, cardNames } from "./card-files.js";
import { freeBytes, parseFree } from "./free.js";
import { readCard } from "./read-card.js";
import { variations, vary } from "./variations.js";

const MiB = 2 ** 20;

describe("vary", () => {
  it.each(cardNames())("leaves a card that can be read, with no more free than before: %s", async (name) => {
    const card = await cardNamed(name);
    for (const variation of variations) {
      const varied = vary(card, variation);
      expect(readCard(JSON.parse(JSON.stringify(varied)), name), variation).toEqual(varied);
      varied.heaps.forEach((heap, i) => {
        expect(freeBytes(heap), variation).toBeLessThanOrEqual(freeBytes(card.heaps[i]!));
        if (!heap.deviceLocal) expect(heap, variation).toEqual(card.heaps[i]);
      });
    }
  });

  it("changes the card of the bug as each variation says", async () => {
    const card = await cardNamed("amd-rx5700xt-windows");
    const free = (name: (typeof variations)[number]) => vary(card, name).heaps.map(freeBytes);
    expect(vary(card, "nothing")).toBe(card);
    expect(free("nothing")).toEqual([8321499136, 8573157376, 181755904]);
    expect(free("95-percent-taken")).toEqual([416074956, 8573157376, 13421772]);
    expect(free("64-mib-free")).toEqual([64 * MiB, 8573157376, 64 * MiB]);
    const pieces = vary(card, "32-mib-pieces").heaps;
    expect(pieces.map(({ largestFreeBytes }) => largestFreeBytes)).toEqual([32 * MiB, undefined, 32 * MiB]);
    expect(vary(card, "64-allocations").limits.maxMemoryAllocationCount).toBe(64);
  });

  it("leaves nothing of a heap of 0 bytes, and clamps a budget above its heap", async () => {
    const card = await cardNamed("intel-windows");
    const heaps = [{ ...card.heaps[0]!, sizeBytes: 0 }, card.heaps[0]!];
    const free = variations.map((variation) => vary({ ...card, heaps }, variation).heaps.map(freeBytes));
    expect(free.map(([empty]) => empty)).toEqual([0, 0, 0, 0, 0]);
    expect(free[0]![1]).toBe(38868971888);
  });
});

describe("parseFree", () => {
  it("reads HEAP=SIZE", () => {
    expect(parseFree("2=100MiB")).toEqual({ heap: 2, bytes: 100 * MiB });
    expect(parseFree(" 0 = 5 ")).toEqual({ heap: 0, bytes: 5 });
  });
  it.each(["", "0", "=5", "a=5", "-1=5", "0=", "0=lots", "0=1=2"])("refuses %j", (text) => {
    expect(() => parseFree(text)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});
