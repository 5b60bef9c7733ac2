import { describe, expect, it } from "vitest";
import { type Access, Hazards } from "./hazards.js";

const read = (buffer: string, offsetBytes: number, sizeBytes: number): Access => ({
  buffer,
  offsetBytes,
  sizeBytes,
  write: false,
});
const write = (buffer: string, offsetBytes: number, sizeBytes: number): Access => ({
  ...read(buffer, offsetBytes, sizeBytes),
  write: true,
});

function barriers(...dispatches: readonly (readonly Access[])[]): boolean[] {
  const hazards = new Hazards();
  return dispatches.map((accesses) => hazards.barrierBefore(accesses));
}

describe("hazards", () => {
  it.each([
    ["read after write", [write("a", 0, 8)], [read("a", 4, 8)], true],
    ["write after read", [read("a", 0, 8)], [write("a", 7, 1)], true],
    ["write after write", [write("a", 0, 8)], [write("a", 0, 8)], true],
    ["read after read", [read("a", 0, 8)], [read("a", 0, 8)], false],
    ["ranges that only touch", [write("a", 0, 8)], [write("a", 8, 8)], false],
    ["another buffer", [write("a", 0, 8)], [read("b", 0, 8)], false],
    [
      "the second of several ranges",
      [read("b", 0, 8), write("a", 0, 8)],
      [read("c", 0, 8), read("a", 0, 1)],
      true,
    ],
  ] as const)("%s", (_, first, second, expected) => {
    expect(barriers(first, second)).toEqual([false, expected]);
  });

  it("a barrier settles everything before it, not the dispatch it stands before", () => {
    const a = [write("a", 0, 8)];
    const b = [write("b", 0, 8)];
    expect(barriers(a, b, [read("a", 0, 8), write("c", 0, 8)], [read("b", 0, 8)], [read("c", 0, 8)])).toEqual(
      [false, false, true, false, true],
    );
  });

  it("a dispatch that reads what it writes itself needs none", () => {
    expect(barriers([read("a", 0, 8), write("a", 0, 8)])).toEqual([false]);
  });
});
