import { WhisperVulkanError } from "../errors.js";
import { expOfNegative, sumOfExponentials } from "./exponential-sum.js";
import type { SpecialTokens } from "./special-tokens.js";
import { type AllowedTokens, allowedTokens } from "./timestamp-rules.js";

export interface SamplerSettings {
  readonly special: SpecialTokens;
  readonly nVocab: number;
  /** Tokens never sampled, ascending. */
  readonly suppressed: readonly number[];
  /** The token of a single space: never first, like the end of the text. */
  readonly blank: number;
  readonly timestamps: boolean;
  /** 0: the likeliest token. */
  readonly temperature: number;
  /** Uniform in [0, 1); used above temperature 0 only. */
  readonly random: () => number;
}

export interface SampledToken {
  readonly token: number;
  /** Natural logarithm of its probability among the tokens the filters left, at temperature 1. */
  readonly logProbability: number;
}

/** Chooses the next token of a sequence. This one runs on the host; a device may offer its own. */
export interface Sampler {
  /** logits: (nVocab), not changed. sampled: the tokens chosen so far in this window. */
  next(logits: Float32Array, sampled: readonly number[]): SampledToken;
}

/**
 * OpenAI's logit filters (blank, suppress list, timestamp rules), then the likeliest token (the first, among equals) or
 * a draw. Each filter forbids ids, so together they leave ranges of ids, and nothing else is looked at. Without
 * timestamps they and NOTIMESTAMPS are forbidden.
 */
export function createSampler(settings: SamplerSettings): Sampler {
  const { special, nVocab, suppressed, blank, timestamps, temperature, random } = settings;
  const { firstTimestamp, endOfText, noTimestamps } = special;
  const rangesAtFirst = rangesWithout([...suppressed, noTimestamps, blank, endOfText], firstTimestamp);
  const ranges = rangesWithout([...suppressed, noTimestamps], firstTimestamp);
  const suppressedTimes = suppressed.filter((token) => token >= firstTimestamp);
  const textOnly: AllowedTokens = { textFrom: 0, timestampFrom: nVocab, timestampTo: nVocab };

  return {
    next(logits, sampled) {
      const { textFrom, timestampFrom, timestampTo } = timestamps
        ? allowedTokens(sampled, special, nVocab)
        : textOnly;
      const text = clipped(sampled.length === 0 ? rangesAtFirst : ranges, textFrom);
      const times = rangesWithout(suppressedTimes, timestampTo, timestampFrom);
      const bestText = likeliest(logits, text);
      const bestTime = likeliest(logits, times);
      if (bestText < 0 && bestTime < 0)
        throw new WhisperVulkanError("internal", "The decoder's logits contain no finite number", {
          hint: "The device computed nonsense: try another device (device cpu), and report this",
        });
      const maxText = bestText < 0 ? Number.NEGATIVE_INFINITY : logits[bestText]!;
      const maxTime = bestTime < 0 ? Number.NEGATIVE_INFINITY : logits[bestTime]!;
      const logSumTimes = maxTime + Math.log(sumOver(logits, times, maxTime));

      // Where timestamps together are likelier than the likeliest other token, it must be one of them.
      if (logSumTimes > maxText) {
        const token = temperature === 0 ? bestTime : draw(logits, [times], bestTime, temperature, random());
        return { token, logProbability: logits[token]! - logSumTimes };
      }
      const logSum = maxText + Math.log(sumOver(logits, text, maxText) + Math.exp(logSumTimes - maxText));
      const token =
        temperature === 0 ? bestText : draw(logits, [text, times], bestText, temperature, random());
      return { token, logProbability: logits[token]! - logSum };
    },
  };
}

/** [begin, end) pairs that cover the ids from `from` to below `end` except for the forbidden ones. */
function rangesWithout(forbidden: readonly number[], end: number, from = 0): Int32Array {
  const ranges: number[] = [];
  let begin = from;
  for (const token of [...new Set(forbidden), end].sort((a, b) => a - b)) {
    if (token > end) break;
    if (token > begin) ranges.push(begin, token);
    begin = Math.max(begin, token + 1);
  }
  return Int32Array.from(ranges);
}

/** The part of the ranges at `from` and above. */
function clipped(ranges: Int32Array, from: number): Int32Array {
  let first = 0;
  while (first < ranges.length && ranges[first + 1]! <= from) first += 2;
  if (first >= ranges.length || ranges[first]! >= from) return ranges.subarray(first);
  const rest = ranges.slice(first);
  rest[0] = from;
  return rest;
}

/** The first id of the largest logit, or -1 where there is none above minus infinity. */
function likeliest(logits: Float32Array, ranges: Int32Array): number {
  let best = -1;
  let max = Number.NEGATIVE_INFINITY;
  for (let r = 0; r < ranges.length; r += 2) {
    const end = ranges[r + 1]!;
    for (let i = ranges[r]!; i < end; i++) {
      const logit = logits[i]!;
      if (logit > max) {
        max = logit;
        best = i;
      }
    }
  }
  return best;
}

function sumOver(logits: Float32Array, ranges: Int32Array, max: number, scale = 1): number {
  let sum = 0;
  for (let r = 0; r < ranges.length; r += 2)
    sum += sumOfExponentials(logits, ranges[r]!, ranges[r + 1]!, max, scale);
  return sum;
}

/** A token with probability proportional to exp(logit / temperature). best: the likeliest token in the ranges. */
function draw(
  logits: Float32Array,
  parts: readonly Int32Array[],
  best: number,
  temperature: number,
  uniform: number,
): number {
  const max = logits[best]!;
  const scale = 1 / temperature;
  let rest = uniform * parts.reduce((sum, ranges) => sum + sumOver(logits, ranges, max, scale), 0);
  let last = best;
  for (const ranges of parts)
    for (let r = 0; r < ranges.length; r += 2)
      for (let i = ranges[r]!; i < ranges[r + 1]!; i++) {
        const weight = expOfNegative((logits[i]! - max) * scale);
        if (weight === 0) continue;
        last = i;
        rest -= weight;
        if (rest < 0) return i;
      }
  return last;
}
