import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { specialTokens } from "./special-tokens.js";
import { allowedTokens } from "./timestamp-rules.js";

const nVocab = 51865;
const special = specialTokens(nVocab);
const { firstTimestamp, endOfText } = special;
const at = (step: number) => firstTimestamp + step;

/** A walk through what is allowed: each choice picks words, the end, or one of the timestamps. */
function walk(choices: readonly (readonly ["text" | "time", number])[]): number[] {
  const tokens: number[] = [];
  for (const [kind, number] of choices) {
    const { textFrom, timestampFrom, timestampTo } = allowedTokens(tokens, special, nVocab);
    const nTimes = timestampTo - timestampFrom;
    if (textFrom === 0 && (kind === "text" || nTimes <= 0)) tokens.push(number % 50_000);
    else if (nTimes > 0) tokens.push(timestampFrom + (number % nTimes));
    else return tokens;
  }
  return tokens;
}

const walks = fc
  .array(fc.tuple(fc.constantFrom("text" as const, "time" as const), fc.nat(1_000_000)), { maxLength: 60 })
  .map(walk);

describe("allowedTokens", () => {
  it.each([
    ["nothing yet: a timestamp up to 1 s", [], at(0), at(0), at(51)],
    ["the first start: words or the end", [at(0)], 0, nVocab, nVocab],
    ["words: more words, or an end after the start", [at(10), 500], 0, at(11), nVocab],
    [
      "an end: the next start, from it on, or the end of text",
      [at(0), 500, at(30)],
      endOfText,
      at(30),
      nVocab,
    ],
    ["a closed pair: words or the end", [at(0), 500, at(30), at(40)], 0, nVocab, nVocab],
    ["words after a pair", [at(0), 500, at(30), at(40), 7], 0, at(41), nVocab],
    ["words without any timestamp", [500, 501], 0, at(0), nVocab],
    ["the last timestamp", [at(0), 500, at(1500)], endOfText, at(1500), nVocab],
    ["words after the last timestamp", [at(0), 500, at(1500), at(1500), 7], 0, nVocab, nVocab],
  ])("after %s", (_, sampled, textFrom, timestampFrom, timestampTo) => {
    expect(allowedTokens(sampled, special, nVocab)).toEqual({ textFrom, timestampFrom, timestampTo });
  });

  it("leaves the end of text open except at the start", () => {
    fc.assert(
      fc.property(walks, (tokens) => {
        expect(allowedTokens(tokens, special, nVocab).textFrom <= endOfText).toBe(tokens.length > 0);
      }),
    );
  });

  it("lets only well-formed sequences through: timestamps rise, in pairs, around words", () => {
    fc.assert(
      fc.property(walks, (tokens) => {
        const isTime = (token: number | undefined) => token !== undefined && token >= firstTimestamp;
        if (tokens.length > 0) expect(tokens[0]! - firstTimestamp).toBeLessThanOrEqual(50);
        const times = tokens.filter(isTime);
        times.forEach((time, i) => {
          if (i === 0) return;
          // Odd ones are ends, which are after their start; even ones are starts.
          if (i % 2 === 1) expect(time).toBeGreaterThan(times[i - 1]!);
          else expect(time).toBeGreaterThanOrEqual(times[i - 1]!);
        });
        tokens.forEach((token, i) => {
          const isEnd = isTime(token) && tokens.slice(0, i + 1).filter(isTime).length % 2 === 0;
          if (isEnd && i + 1 < tokens.length) expect(isTime(tokens[i + 1])).toBe(true);
          if (isEnd) expect(isTime(tokens[i - 1])).toBe(false);
        });
      }),
      { numRuns: 500 },
    );
  });
});
