import fc from "fast-check";
import { expect, it } from "vitest";
import { parseSize } from "./parse-size.js";

it.each([
  ["1024", 1024],
  ["0", 0],
  ["512MiB", 512 * 2 ** 20],
  ["8GB", 8e9],
  ["1.5 GiB", 1.5 * 2 ** 30],
  ["4g", 4 * 2 ** 30],
  [" 100 kB ", 1e5],
  ["0.3B", 0],
])("%s", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

it.each([
  "",
  "GB",
  "-1",
  "8 GBs",
  "8,5GB",
  "1e9",
  "0x10",
  "NaN",
  "Infinity",
  "9".repeat(400),
  "9000TiBs",
  "10000000TB",
])("%j is refused", (text) => {
  expect(() => parseSize(text, "--vram-limit")).toThrow(
    expect.objectContaining({ code: "option-invalid", message: expect.stringContaining("--vram-limit ") }),
  );
});

it("reads any number of bytes as it is, and refuses or reads any text", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (n) => parseSize(String(n)) === n));
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const bytes = parseSize(text);
        expect(Number.isSafeInteger(bytes) && bytes >= 0).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: "option-invalid" });
      }
    }),
  );
});
