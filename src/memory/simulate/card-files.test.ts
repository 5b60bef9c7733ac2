import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cardNamed, cardNames } from "./card-files.js";

const folder = mkdtempSync(join(tmpdir(), "cards-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the cards that come with the package", () => {
  it("are those of gpu-layouts.md", () => {
    expect(cardNames()).toHaveLength(24);
    expect(cardNames()).toContain("amd-rx5700xt-windows");
  });

  it.each(cardNames())("%s is whole, and says which of its values are a guess", async (name) => {
    const card = await cardNamed(name);
    expect(card.name).toBe(name);
    for (const path of card.assumed) expect(valueAt(card, path), path).toBeDefined();
    expect(new Set(card.assumed).size).toBe(card.assumed.length);
    // what budgets are reported with must be there to be reported
    if (card.heaps.some(({ budgetBytes }) => budgetBytes !== undefined))
      expect(card.extensions).toContain("VK_EXT_memory_budget");
  });

  it("have the card of the bug: the visible part of VRAM is small and largely taken", async () => {
    const { heaps, types, limits } = await cardNamed("amd-rx5700xt-windows");
    expect(heaps.map(({ sizeBytes }) => sizeBytes)).toEqual([8321499136, 8573157376, 268435456]);
    expect(heaps[2]).toMatchObject({
      deviceLocal: true,
      budgetBytes: 181755904,
      largestFreeBytes: 120 * 2 ** 20,
    });
    expect(types.map(({ flags }) => flags)).toEqual([0x1, 0x6, 0x7, 0xe, 0xc1, 0xc6, 0xc7, 0xce]);
    expect(types.map((type) => type.heap)).toEqual([0, 1, 2, 1, 0, 1, 2, 1]);
    expect(limits.maxMemoryAllocationSize).toBe(2 ** 31);
  });
});

describe("cardNamed", () => {
  it("names the nearest cards for an unknown one", async () => {
    await expect(cardNamed("amd-rx5700-windows")).rejects.toMatchObject({
      code: "card-unknown",
      hint: expect.stringContaining("amd-rx5700xt-windows"),
    });
    await expect(cardNamed("")).rejects.toMatchObject({ code: "card-unknown" });
  });

  it("reads a file of the user's own, with a byte order mark too", async () => {
    const path = join(folder, "mine.json");
    writeFileSync(path, `\uFEFF${JSON.stringify(await cardNamed("mali"))}`);
    expect(await cardNamed(path)).toEqual(await cardNamed("mali"));
  });

  it.each([
    ["none.json", null, "file-not-found"],
    ["a.json", "", "card-invalid"],
    ["b.json", '{ "name": ', "card-invalid"],
    ["c.json", "[]", "card-invalid"],
  ])("says what is wrong with %s", async (file, content, code) => {
    const path = join(folder, file);
    if (content !== null) writeFileSync(path, content);
    await expect(cardNamed(path)).rejects.toMatchObject({ code, message: expect.stringMatching(/^[^\n]+$/) });
  });

  it("says that a folder is none", async () => {
    await expect(cardNamed(`${folder}/`)).rejects.toMatchObject({ code: "file-is-folder" });
  });
});

function valueAt(card: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], card);
}
