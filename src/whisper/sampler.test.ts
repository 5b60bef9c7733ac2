import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { probability } from "./exponential-sum.js";
import { seededRandom } from "./random.js";
import { createSampler, type SamplerSettings } from "./sampler.js";
import { specialTokens } from "./special-tokens.js";

const nVocab = 51865;
const special = specialTokens(nVocab);
const { firstTimestamp, endOfText, noTimestamps } = special;
const suppressed = [1, 2, 50358, 50359];
const base: SamplerSettings = {
  special,
  nVocab,
  suppressed,
  blank: 220,
  timestamps: true,
  temperature: 0,
  random: () => {
    throw new Error("asked for a random number at temperature 0");
  },
};

/** Logits with a few that matter; the rest far below. */
function logitsWith(values: Readonly<Record<number, number>>, rest = -50): Float32Array {
  const logits = new Float32Array(nVocab).fill(rest);
  for (const [token, value] of Object.entries(values)) logits[Number(token)] = value;
  return logits;
}

/** The filters one after the other, as masks over plain numbers, then the softmax of what is left. */
function filtered(logits: Float32Array, sampled: readonly number[], timestamps: boolean): Float64Array {
  const left = Float64Array.from(logits);
  const forbid = (from: number, to: number) => left.fill(Number.NEGATIVE_INFINITY, from, to);
  if (sampled.length === 0) for (const token of [220, endOfText]) forbid(token, token + 1);
  for (const token of [...suppressed, noTimestamps]) forbid(token, token + 1);
  if (!timestamps) forbid(firstTimestamp, nVocab);
  else {
    const isTime = sampled.map((token) => token >= firstTimestamp);
    const last = isTime.at(-1) ?? false;
    const secondLast = sampled.length < 2 || isTime.at(-2)!;
    if (last) secondLast ? forbid(firstTimestamp, nVocab) : forbid(0, endOfText);
    const times = sampled.filter((token) => token >= firstTimestamp);
    if (times.length > 0) forbid(firstTimestamp, last && !secondLast ? times.at(-1)! : times.at(-1)! + 1);
    if (sampled.length === 0) {
      forbid(0, firstTimestamp);
      forbid(firstTimestamp + 51, nVocab);
    }
    const timeSum = left.subarray(firstTimestamp).reduce((sum, logit) => sum + Math.exp(logit), 0);
    const text = left.subarray(0, firstTimestamp).reduce((a, b) => Math.max(a, b));
    if (Math.log(timeSum) > text) forbid(0, firstTimestamp);
  }
  return left;
}

describe("createSampler", () => {
  it("chooses and scores as the filters, applied one by one, would", () => {
    const sequences = [
      [],
      [firstTimestamp],
      [firstTimestamp, 500],
      [firstTimestamp + 3, 500, 501, firstTimestamp + 90],
      [firstTimestamp, 500, firstTimestamp + 90, firstTimestamp + 90],
      [firstTimestamp, 500, firstTimestamp + 90, firstTimestamp + 95, 7],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...sequences),
        fc.boolean(),
        fc.integer({ min: 1, max: 1 << 30 }),
        fc.double({ min: -12, max: 6, noNaN: true }),
        (sampled, timestamps, seed, timeOffset) => {
          const random = seededRandom(seed);
          const logits = new Float32Array(nVocab);
          for (let i = 0; i < nVocab; i++)
            logits[i] = (random() + random() + random()) * 8 + (i >= firstTimestamp ? timeOffset : 0);
          const before = logits.slice();
          const left = filtered(logits, sampled, timestamps);
          const best = left.reduce((a, b, i) => (b > left[a]! ? i : a), left.findIndex(Number.isFinite));
          const logSum = Math.log(left.reduce((sum, logit) => sum + Math.exp(logit), 0));
          const { token, logProbability } = createSampler({ ...base, timestamps }).next(logits, sampled);
          expect(token).toBe(best);
          expect(logProbability).toBeCloseTo(left[best]! - logSum, 6);
          expect(logits).toEqual(before);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("takes the first of equals", () => {
    const sampler = createSampler(base);
    expect(sampler.next(logitsWith({ 700: 5, 600: 5 }), [firstTimestamp]).token).toBe(600);
  });

  it("takes a timestamp where all of them together beat the likeliest word", () => {
    const sampler = createSampler(base);
    const times = { [firstTimestamp + 20]: 4.2, [firstTimestamp + 21]: 4.5, [firstTimestamp + 22]: 4.4 };
    const { token, logProbability } = sampler.next(logitsWith({ 600: 5, ...times }), [firstTimestamp, 500]);
    expect(token).toBe(firstTimestamp + 21);
    // Among the timestamps alone.
    const sum = Math.exp(4.2) + Math.exp(4.5) + Math.exp(4.4);
    expect(logProbability).toBeCloseTo(4.5 - Math.log(sum), 6);
    expect(sampler.next(logitsWith({ 600: 5.6, ...times }), [firstTimestamp, 500]).token).toBe(600);
  });

  it("never begins with a space or the end where timestamps are off, and gives none", () => {
    const sampler = createSampler({ ...base, timestamps: false });
    const logits = logitsWith({
      220: 9,
      [endOfText]: 8,
      [firstTimestamp]: 7,
      [noTimestamps]: 6,
      1: 5,
      600: 4,
    });
    expect(sampler.next(logits, []).token).toBe(600);
    expect(sampler.next(logits, [600]).token).toBe(220);
  });

  it("draws by probability to the power of 1 / temperature, and scores at temperature 1", () => {
    const logits = logitsWith({ 600: 1, 601: 0, [firstTimestamp + 9]: -1 });
    const sampler = createSampler({ ...base, temperature: 0.5, random: seededRandom(1) });
    const counts = new Map<number, number>();
    const n = 4000;
    for (let i = 0; i < n; i++) {
      const { token, logProbability } = sampler.next(logits, [firstTimestamp]);
      expect(token).not.toBe(firstTimestamp + 9); // right after a start
      expect(logProbability).toBeCloseTo(logits[token]! - Math.log(Math.E + 1), 6);
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    const share = Math.exp(2) / (Math.exp(2) + 1);
    expect(counts.get(600)! / n).toBeGreaterThan(share - 0.03);
    expect(counts.get(600)! / n).toBeLessThan(share + 0.03);
    expect(counts.get(600)! + counts.get(601)!).toBe(n);
  });

  it("draws from the allowed even at the edges of the random numbers and of temperature", () => {
    const logits = logitsWith({ 600: 1, 601: 0 });
    for (const temperature of [1e-300, 0.2, 1])
      for (const value of [0, 1 - 2 ** -32]) {
        const sampler = createSampler({ ...base, temperature, random: () => value });
        expect([600, 601]).toContain(sampler.next(logits, [firstTimestamp]).token);
      }
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])("reports logits that are all %d", (value) => {
    const logits = new Float32Array(nVocab).fill(value);
    expect(() => createSampler(base).next(logits, [])).toThrow("no finite number");
  });
});

describe("seededRandom", () => {
  it("gives the same numbers for the same seed and stream, others for others", () => {
    const first = (random: () => number) => Array.from({ length: 4 }, random);
    expect(first(seededRandom(7, 3000, 1))).toEqual(first(seededRandom(7, 3000, 1)));
    const all = [
      seededRandom(7),
      seededRandom(8),
      seededRandom(7, 0),
      seededRandom(7, 3000, 1),
      seededRandom(7, 1, 3000),
    ];
    expect(new Set(all.map((random) => first(random).join())).size).toBe(all.length);
  });
});

describe("probability", () => {
  it("is the softmax", () => {
    const logits = Float32Array.of(1, 3, 2, -60);
    const sum = Math.exp(1) + Math.exp(3) + Math.exp(2);
    expect(probability(logits, 2)).toBeCloseTo(Math.exp(2) / sum, 8);
    expect(probability(logits, 3)).toBeLessThan(1e-20);
  });
});
