const minMatch = 3;
const maxMatch = 258;
/** zlib's limits at level 6: how long it searches. */
const maxChain = 128;
const goodMatch = 8;
const maxLazy = 16;
const niceMatch = 128;
/** A match of three bytes further back than this costs more than the bytes. */
const tooFar = 4096;

/** Called with a literal byte, or with (length, distance) of a match. */
export interface MatchSink {
  literal(byte: number): void;
  match(length: number, distance: number): void;
}

/**
 * Cuts data into literals and matches just as zlib does at level 6: hash chains of limited length, and a match is put
 * off where the next byte starts a longer one. Position 0 is never matched, since zlib uses it as "none".
 * data: at most 32 KiB, so that the window never slides.
 */
export function findMatches(data: Uint8Array, sink: MatchSink): void {
  const head = new Int32Array(1 << 15);
  const before = new Int32Array(data.length);
  const insert = (at: number): number => {
    const hash = ((data[at]! << 10) ^ (data[at + 1]! << 5) ^ data[at + 2]!) & 0x7fff;
    const last = head[hash]!;
    before[at] = last;
    head[hash] = at;
    return last;
  };

  let length = minMatch - 1;
  let start = 0;
  let pending = false;
  let at = 0;
  while (at < data.length) {
    const candidate = at + minMatch <= data.length ? insert(at) : 0;
    const previousLength = length;
    const previousStart = start;
    length = minMatch - 1;
    if (candidate !== 0 && previousLength < maxLazy) {
      ({ length, start } = longestMatch(data, before, at, candidate, previousLength, previousStart));
      if (length === minMatch && at - start > tooFar) length = minMatch - 1;
    }
    if (previousLength >= minMatch && length <= previousLength) {
      sink.match(previousLength, at - 1 - previousStart);
      const end = at - 1 + previousLength;
      for (at++; at < end; at++) if (at + minMatch <= data.length) insert(at);
      pending = false;
      length = minMatch - 1;
    } else {
      if (pending) sink.literal(data[at - 1]!);
      pending = true;
      at++;
    }
  }
  if (pending) sink.literal(data[at - 1]!);
}

function longestMatch(
  data: Uint8Array,
  before: Int32Array,
  at: number,
  candidate: number,
  previousLength: number,
  previousStart: number,
): { readonly length: number; readonly start: number } {
  const rest = data.length - at;
  const enough = Math.min(niceMatch, rest);
  const limit = Math.min(maxMatch, rest);
  let chain = previousLength >= goodMatch ? maxChain >> 2 : maxChain;
  let length = previousLength;
  let start = previousStart;
  for (let from = candidate; from > 0 && chain > 0; from = before[from]!, chain--) {
    let same = 0;
    while (same < limit && data[from + same] === data[at + same]) same++;
    if (same > length) {
      length = same;
      start = from;
      if (length >= enough) break;
    }
  }
  return { length: Math.min(length, rest), start };
}
