import { expect, it } from "vitest";
import { bytesOfBits } from "../../cases.js";
import { BitReader } from "../bit-reader.js";
import { SCALE_FACTOR_CODE, SPECTRAL_BOOKS } from "./codebooks.js";

const BOOKS = SPECTRAL_BOOKS.flatMap((book, number) => (book === null ? [] : [{ number, book }]));

it.each(BOOKS)("codebook $number is complete, and every symbol has one codeword", ({ book }) => {
  expect(book.code.coverage).toBe(1);
  const symbols = [...book.code.codewords()].map(({ symbol }) => symbol).sort((a, b) => a - b);
  expect(symbols).toEqual(Array.from({ length: book.values.length / book.dimension }, (_, i) => i));
});

it("the codebook of scale factors is complete: 121 differences, none being the shortest", () => {
  expect(SCALE_FACTOR_CODE.coverage).toBe(1);
  const codewords = [...SCALE_FACTOR_CODE.codewords()];
  expect(codewords.length).toBe(121);
  expect(codewords[0]).toEqual({ symbol: 60, code: 0, length: 1 });
});

it.each([...BOOKS.map(({ book }) => book.code), SCALE_FACTOR_CODE])(
  "code %# reads each of its codewords",
  (code) => {
    for (const { symbol, code: word, length } of code.codewords()) {
      // Two bits in front, and ones behind.
      const bits = new BitReader(bytesOfBits(`01${word.toString(2).padStart(length, "0")}${"1".repeat(24)}`));
      bits.skip(2);
      expect(code.decode(bits)).toBe(symbol);
      expect(bits.position).toBe(2 + length);
    }
  },
);

it("values of a codeword: the first coefficient counts most; unsigned books start at 0", () => {
  expect([...SPECTRAL_BOOKS[1]!.values.subarray(0, 8)]).toEqual([-1, -1, -1, -1, -1, -1, -1, 0]);
  expect([...SPECTRAL_BOOKS[5]!.values.subarray(0, 4)]).toEqual([-4, -4, -4, -3]);
  expect([...SPECTRAL_BOOKS[11]!.values.slice(-2)]).toEqual([16, 16]);
});
