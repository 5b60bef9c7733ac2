import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseBasic, normaliseEnglish, wordErrorRate, wordErrors } from "./index.js";

const shared = new URL("../../../shared/", import.meta.url);
const spellingFile = new URL("reference/data/english-spelling.json", shared);
const resultsFile = new URL("reference/data/openai-base.jsonl.gz", shared);
const manifestFile = new URL("speech/manifest.jsonl", shared);

describe("wordErrors", () => {
  it.each([
    ["a b c", "a b c", 0, 0, 0],
    ["a b c", "a x c", 1, 0, 0],
    ["a b c", "a c", 0, 1, 0],
    ["a c", "a b c", 0, 0, 1],
    ["", "a b", 0, 0, 2],
    ["a b", "", 0, 2, 0],
    [" a  b ", "b a", 2, 0, 0],
    ["a b c d", "x a b d e", 0, 1, 2],
  ])("%j heard as %j", (reference, hypothesis, substitutions, deletions, insertions) => {
    const counted = wordErrors(reference, hypothesis);
    const { words, ...errors } = counted;
    expect(words).toBe(reference.split(" ").filter(Boolean).length);
    const total = errors.substitutions + errors.deletions + errors.insertions;
    expect(total).toBe(substitutions + deletions + insertions);
    expect(errors.insertions - errors.deletions).toBe(insertions - deletions);
  });

  it("is a distance: none to itself, the same both ways, no longer by a detour", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 }).map((words) => words.join(" "));
    const distance = (from: string, to: string) => {
      const { substitutions, deletions, insertions } = wordErrors(from, to);
      return substitutions + deletions + insertions;
    };
    fc.assert(
      fc.property(text, text, text, (x, y, z) => {
        expect(distance(x, x)).toBe(0);
        expect(distance(x, y)).toBe(distance(y, x));
        expect(distance(x, z)).toBeLessThanOrEqual(distance(x, y) + distance(y, z));
      }),
    );
  });

  it("adds up over texts by their words", () => {
    expect(wordErrorRate([wordErrors("a b c d e f", "a b c d e f"), wordErrors("a b", "x y")])).toBe(0.25);
    expect(wordErrorRate([])).toBe(0);
    expect(wordErrorRate([wordErrors("", "a")])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("normaliseBasic", () => {
  it.each([
    ["Où est-ce? [rires] (bas) Là!", "où est ce là ", "ou est ce la "],
    ["STRAßE, Łódź — Ærø", "straße łódź ærø", "strasse lodz aero"],
    ["¿Qué? 50 % (no dicho)", " qué 50 ", " que 50 "],
  ])("%j", (text, kept, plain) => {
    expect(normaliseBasic(text)).toBe(kept);
    expect(normaliseBasic(text, { removeAccents: true })).toBe(plain);
  });
});

describe("normaliseEnglish", () => {
  const spelling = { colour: "color", grey: "gray" };
  // Expected texts are what OpenAI's own normaliser gives.
  it.each([
    [
      "Mr. Smith won't go, um, to St. John's; he'd been there.",
      "mister smith will not go to saint john is he had been there",
    ],
    ["The colour is grey [sic] (aside).", "the color is gray"],
    ["Twenty-one dollars and five cents", "$21.05"],
    ["one oh one, double oh seven", "101007"],
    ["two and a half million euros", "€2500000"],
    ["nineteen ninety-nine was the twenty first", "1999 was the 21st"],
    ["$20 million and 50 percent", "$20000000 50%"],
    ["three hundred and forty thousandths", "340 thousandths"],
    ["minus three point one four", "-3.14"],
    ["It's 1,234.50, isn't it?", "it is 1234.50 is not it"],
    ["ten per cent of 2.5 billion", "10% of 2500000000"],
    ["the thirties, sixes and first", "the 30s 6s and 1st"],
    ["café o'clock 10th 1960s", "cafe 0 clock 10th 1960s"],
    ["$0.07 and 1s", "¢7 and ones"],
  ])("%j", (text, expected) => {
    expect(normaliseEnglish(text, spelling)).toBe(expected);
  });
});

const present = [spellingFile, resultsFile, manifestFile].every((file) => existsSync(file));
if (!present)
  console.log("skipped: the recordings' texts and OpenAI's results do not lie beside the checkout");

describe.skipIf(!present)("the word error rates of OpenAI's own results", () => {
  const lines = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  // As measured with Whisper's own normalisers, in percent.
  it.each([
    ["accented_read", "en", 11.64],
    ["fleurs", "de", 17.54],
    ["fleurs", "en", 12.5],
    ["fleurs", "es", 9.16],
    ["fleurs", "fr", 28.57],
    ["fleurs", "pt", 23.2],
    ["librispeech_other", "en", 11.52],
    ["ljspeech", "en", 6.32],
    ["longform_concat", "en", 8.98],
    ["prompts_wideband", "en", 3.59],
    ["prompts_wideband", "es", 20.21],
    ["prompts_wideband", "fr", 13.77],
    ["prompts_wideband", "it", 12.24],
    ["prompts_wideband", "ru", 18.52],
  ])("%s, %s: %d %", (kind, lang, percent) => {
    const spelling = JSON.parse(readFileSync(spellingFile, "utf8"));
    const normalise = (text: string) =>
      lang === "en"
        ? normaliseEnglish(text, spelling)
        : normaliseBasic(text, { removeAccents: lang !== "ru" });
    const results = new Map(
      lines(gunzipSync(readFileSync(resultsFile)).toString()).map((row) => [row.id, row.greedy.text]),
    );
    const counts = lines(readFileSync(manifestFile, "utf8"))
      .filter((clip) => clip.kind === kind && clip.lang === lang && results.has(clip.id))
      .map((clip) => wordErrors(normalise(clip.text), normalise(results.get(clip.id))));
    expect(counts.length).toBeGreaterThan(4);
    expect(100 * wordErrorRate(counts)).toBeCloseTo(percent, 2);
  });
});
