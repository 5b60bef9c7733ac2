/**
 * A small seeded generator (mulberry32), uniform in [0, 1). The stream numbers tell apart decodings that share a seed
 * (which window, which temperature), so that a result does not depend on what was decoded before or at the same time.
 */
export function seededRandom(seed: number, ...stream: readonly number[]): () => number {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  for (const part of stream) state = (next() ^ Math.imul(part + 1, 0x9e3779b1)) >>> 0;
  return () => next() / 2 ** 32;
}
