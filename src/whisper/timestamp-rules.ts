import type { SpecialTokens } from "./special-tokens.js";

/** The first timestamp is at most 1 s: 50 steps of 0.02 s (OpenAI's max_initial_timestamp). */
const maxInitialTimestamp = 50;

/** Tokens that may come next, as two ranges of ids; suppressed tokens within them stay forbidden. */
export interface AllowedTokens {
  /** Ids from here up to the first timestamp: 0 for all, endOfText for no words, firstTimestamp for none. */
  readonly textFrom: number;
  /** Timestamps in [timestampFrom, timestampTo). */
  readonly timestampFrom: number;
  readonly timestampTo: number;
}

/**
 * What the timestamp rules allow after `sampled` (the tokens of this window so far): the first token is a timestamp;
 * timestamps come in pairs, the end of one segment and the start of the next; they never go back, and no segment is empty.
 */
export function allowedTokens(
  sampled: readonly number[],
  special: SpecialTokens,
  nVocab: number,
): AllowedTokens {
  const { firstTimestamp, endOfText } = special;
  if (sampled.length === 0) {
    const timestampTo = Math.min(firstTimestamp + maxInitialTimestamp + 1, nVocab);
    return { textFrom: firstTimestamp, timestampFrom: firstTimestamp, timestampTo };
  }
  const lastWasTimestamp = sampled.at(-1)! >= firstTimestamp;
  const pairClosed = sampled.length < 2 || sampled.at(-2)! >= firstTimestamp;
  if (lastWasTimestamp && pairClosed) return { textFrom: 0, timestampFrom: nVocab, timestampTo: nVocab };
  const latest = sampled.findLast((token) => token >= firstTimestamp);
  if (latest === undefined) return { textFrom: 0, timestampFrom: firstTimestamp, timestampTo: nVocab };
  // The start of the next segment may equal the end of this one; an end must be after its start.
  return lastWasTimestamp
    ? { textFrom: endOfText, timestampFrom: latest, timestampTo: nVocab }
    : { textFrom: 0, timestampFrom: latest + 1, timestampTo: nVocab };
}
