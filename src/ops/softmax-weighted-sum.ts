/**
 * One attention head of one query in f64: softmax over keys of scale * q.k, then the weighted sum of values.
 * keyBase(j) is the first element of key j's head, valueBase(j) of value j's.
 */
export function attendReference(options: {
  readonly query: Float64Array;
  readonly queryBase: number;
  readonly keysAndValues: Float64Array;
  readonly nKeys: number;
  readonly keyBase: (j: number) => number;
  readonly valueBase: (j: number) => number;
  readonly out: Float64Array;
  readonly outBase: number;
  readonly headSize: number;
}): void {
  const { query, queryBase, keysAndValues: kv, nKeys, out, outBase, headSize } = options;
  const scale = 1 / Math.sqrt(headSize);
  const scores = new Float64Array(nKeys);
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < nKeys; j++) {
    const base = options.keyBase(j);
    let dot = 0;
    for (let i = 0; i < headSize; i++) dot += query[queryBase + i]! * kv[base + i]!;
    scores[j] = dot * scale;
    max = Math.max(max, scores[j]!);
  }
  let total = 0;
  for (let j = 0; j < nKeys; j++) total += scores[j] = Math.exp(scores[j]! - max);
  for (let i = 0; i < headSize; i++) out[outBase + i] = 0;
  for (let j = 0; j < nKeys; j++) {
    const weight = scores[j]! / total;
    const base = options.valueBase(j);
    for (let i = 0; i < headSize; i++) out[outBase + i]! += weight * kv[base + i]!;
  }
}
