import { describe, expect, it } from "vitest";
import { codeLengths } from "./huffman.js";
import { zlibSizeBytes } from "./zlib-size.js";

/** Letters a, b, c ... each 1.6 times as frequent as the one before, stirred: codes as unequal as they get. */
function skewed(): Uint8Array {
  const letters = Array.from({ length: 17 }, (_, j) =>
    new Array<number>(Math.floor(1.6 ** j)).fill(97 + j),
  ).flat();
  return Uint8Array.from(letters, (_, i) => letters[(i * 7919) % letters.length]!);
}

/** A linear congruential generator's bytes: nothing to compress. */
function noise(): Uint8Array {
  let state = 1n;
  return Uint8Array.from({ length: 3000 }, () => {
    state = (state * 1103515245n + 12345n) & 0x7fffffffn;
    return Number((state >> 16n) & 0xffn);
  });
}

describe("zlibSizeBytes", () => {
  // Sizes from zlib 1.2.13 at its default level.
  it.each([
    ["nothing", "", 8],
    ["one byte", "a", 9],
    ["three equal ones", "aaa", 11],
    ["a short period", "abcabcabcabc", 13],
    ["a long run", "a".repeat(10_000), 34],
    ["a sentence that repeats", "so it goes, and so it goes, and so it goes again", 33],
    ["Cyrillic", "да, ".repeat(40), 18],
    ["unequal frequencies", skewed(), 166],
    ["noise, stored as it is", noise(), 3011],
  ])("%s", (_, data, size) => {
    expect(zlibSizeBytes(Buffer.from(data))).toBe(size);
  });
});

describe("codeLengths", () => {
  it("cuts codes that grow too long and stays complete", () => {
    const fibonacci = [1, 1];
    while (fibonacci.length < 19) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
    const { lengths } = codeLengths(fibonacci, 7);
    expect(Math.max(...lengths)).toBe(7);
    expect(lengths.reduce((sum, length) => sum + 2 ** -length, 0)).toBe(1);
    expect(lengths.toSorted((a, b) => b - a)).toEqual(lengths);
  });

  it("makes two codes of one symbol or none", () => {
    expect(codeLengths([0, 0, 0, 5], 15).lengths).toEqual([1, 0, 0, 1]);
    expect(codeLengths([0, 0, 0], 15).lengths).toEqual([1, 1, 0]);
  });
});
