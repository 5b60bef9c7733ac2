import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { suppressedTokens } from "./suppressed-tokens.js";
import { byteVocabulary } from "./testing/byte-vocabulary.js";
import { pulledVocabulary } from "./testing/openai-results.js";

const { tokenizer } = byteVocabulary();

describe("Tokenizer", () => {
  it("merges the earliest token first, within words that keep their leading space", () => {
    const letter = (text: string) => tokenizer.encode(text)[0]!;
    expect(tokenizer.encode("hello world")).toEqual([260, 265]);
    expect(tokenizer.encode("hell a")).toEqual([259, 256]);
    // "he" comes before "ll": never "h" + "el"; and nothing merges across the space
    expect(tokenizer.encode("hel l")).toEqual([257, letter("l"), 220, letter("l")]);
  });

  it("cuts contractions, numbers, symbols and runs of spaces apart", () => {
    const pieces = (text: string) => tokenizer.encode(text).length;
    expect(pieces("")).toBe(0);
    expect(tokenizer.encode(" ")).toEqual([220]);
    // The last space of a run belongs to the word after it.
    expect(tokenizer.encode("  a").slice(-1)).toEqual([256]);
  });

  it("gives any text back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it("joins characters over token borders and marks what is no UTF-8", () => {
    const [e1, e2] = tokenizer.encode("é");
    const [, snow2, snow3] = tokenizer.encode("☃");
    expect(tokenizer.decode([e1!, e2!])).toBe("é");
    expect(tokenizer.decode([e1!])).toBe("\u{fffd}");
    expect(tokenizer.decode([e2!, 260])).toBe("\u{fffd}hello");
    expect(tokenizer.decode([...tokenizer.encode("☃").slice(0, 2), 260])).toBe("\u{fffd}hello");
    expect(tokenizer.decode([snow2!, snow3!])).toBe("\u{fffd}\u{fffd}");
  });

  it("leaves special tokens out, and keeps a byte order mark", () => {
    expect(tokenizer.decode([50258, 260, 50257, 50364, 99_999])).toBe("hello");
    expect(tokenizer.decode(tokenizer.encode("\u{feff}hello"))).toBe("\u{feff}hello");
  });
});

/** Tokens of some texts as tiktoken gives them with OpenAI's own rank files. */
const known: Record<"base" | "tiny.en", [text: string, tokens: number[]][]> = {
  base: [
    ["And so, my fellow Americans", [5289, 370, 11, 452, 7177, 6280]],
    ["it's they'll I'd we've", [270, 311, 436, 603, 286, 1116, 321, 600]],
    ["  two  spaces\n\n and\ttabs ", [220, 732, 220, 7673, 198, 198, 293, 197, 83, 17243, 220]],
    ["3.14159 and 2026", [18, 13, 7271, 5211, 24, 293, 945, 10880]],
    [
      "O\u00f9 est-ce? L'\u00e9t\u00e9 \u2014 d\u00e9j\u00e0!",
      [46, 5035, 871, 12, 384, 30, 441, 6, 21210, 3466, 12027, 0],
    ],
    [
      "\u041f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0434\u0435\u043b\u0430?",
      [43971, 31259, 11, 3014, 46157, 30],
    ],
    [
      "\u6771\u4eac\u90fd\u306b\u884c\u304d\u307e\u3057\u305f\u3002",
      [18413, 31375, 7182, 4108, 8082, 7016, 12072, 1543],
    ],
    [
      "\ud83c\udf89\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 \u266a\u266b\u266a",
      [28864, 231, 31017, 102, 913, 235, 31017, 102, 913, 235, 31017, 100, 931, 14157, 3961],
    ],
    ["<|en|> is text", [27, 91, 268, 91, 29, 307, 2487]],
    ["a\u0085b\ufeffc\u00a0\u3000d", [64, 126, 227, 65, 171, 119, 123, 66, 126, 254, 756, 222, 67]],
  ],
  "tiny.en": [
    ["And so, my fellow Americans", [1870, 523, 11, 616, 5891, 3399]],
    ["it's they'll I'd we've", [270, 338, 484, 1183, 314, 1549, 356, 1053]],
    ["  two  spaces\n\n and\ttabs ", [220, 734, 220, 9029, 628, 290, 197, 8658, 82, 220]],
    ["3.14159 and 2026", [18, 13, 1415, 19707, 290, 1160, 2075]],
    [
      "O\u00f9 est-ce? L'\u00e9t\u00e9 \u2014 d\u00e9j\u00e0!",
      [46, 127, 117, 1556, 12, 344, 30, 406, 6, 25125, 2634, 851, 39073, 73, 24247, 0],
    ],
    [
      "\u041f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0434\u0435\u043b\u0430?",
      [
        140, 253, 21169, 18849, 38857, 16843, 20375, 11, 12466, 118, 16142, 31583, 12466, 112, 16843, 30143,
        16142, 30,
      ],
    ],
    [
      "\u6771\u4eac\u90fd\u306b\u884c\u304d\u307e\u3057\u305f\u3002",
      [30266, 109, 12859, 105, 32849, 121, 28618, 26193, 234, 33778, 30159, 22180, 25224, 16764],
    ],
    [
      "\ud83c\udf89\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 \u266a\u266b\u266a",
      [
        8582, 236, 231, 41840, 102, 447, 235, 41840, 102, 447, 235, 41840, 100, 20724, 103, 17992, 104, 17992,
        103,
      ],
    ],
    ["<|en|> is text", [27, 91, 268, 91, 29, 318, 2420]],
    ["a\u0085b\ufeffc\u00a0\u3000d", [64, 126, 227, 65, 171, 119, 123, 66, 1849, 5099, 222, 67]],
  ],
};

for (const name of ["base", "tiny.en"] as const) {
  const vocabulary = await pulledVocabulary(name);
  describe.skipIf(!vocabulary)(`the vocabulary of ${name}`, () => {
    it.each(known[name])("encodes %j", (text, tokens) => {
      expect(vocabulary!.tokenizer.encode(text)).toEqual(tokens);
      expect(vocabulary!.tokenizer.decode(tokens)).toBe(text);
    });

    it("has the non-speech tokens of OpenAI's -1", () => {
      const { tokenizer, special } = vocabulary!;
      const nonSpeech = suppressedTokens(tokenizer, special, [-1]).filter(
        (token) => token < special.endOfText,
      );
      expect(nonSpeech).toEqual(name === "base" ? nonSpeechOfBase : nonSpeechOfTinyEn);
    });
  });
}

const nonSpeechOfBase = [
  1, 2, 7, 8, 9, 10, 14, 25, 26, 27, 28, 29, 31, 58, 59, 60, 61, 62, 63, 90, 91, 92, 93, 359, 503, 522, 542,
  873, 893, 902, 918, 922, 931, 1350, 1853, 1982, 2460, 2627, 3246, 3253, 3268, 3536, 3846, 3961, 4183, 4667,
  6585, 6647, 7273, 9061, 9383, 10428, 10929, 11938, 12033, 12331, 12562, 13793, 14157, 14635, 15265, 15618,
  16553, 16604, 18362, 18956, 20075, 21675, 22520, 26130, 26161, 26435, 28279, 29464, 31650, 32302, 32470,
  36865, 42863, 47425, 49870, 50254,
];
const nonSpeechOfTinyEn = [
  1, 2, 7, 8, 9, 10, 14, 25, 26, 27, 28, 29, 31, 58, 59, 60, 61, 62, 63, 90, 91, 92, 93, 357, 366, 438, 532,
  685, 705, 796, 930, 1058, 1220, 1267, 1279, 1303, 1343, 1377, 1391, 1635, 1782, 1875, 2162, 2361, 2488,
  3467, 4008, 4211, 4600, 4808, 5299, 5855, 6329, 7203, 9609, 9959, 10563, 10786, 11420, 11709, 11907, 13163,
  13697, 13700, 14808, 15306, 16410, 16791, 17992, 19203, 19510, 20724, 22305, 22935, 27007, 30109, 30420,
  33409, 34949, 40283, 40493, 40549, 47282, 49146,
];
