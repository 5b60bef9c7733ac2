import { expNegative, laneSum } from "./simd.as";

/** scores[0..n) -> exp(scale * (score - max)), zeros up to the next multiple of 4; returns their sum. */
export function expScores(scores: usize, n: i32, scale: f32): f32 {
  let tops = f32x4.splat(-Infinity);
  let i = 0;
  for (; i + 4 <= n; i += 4) tops = f32x4.max(tops, v128.load(scores + (<usize>i << 2)));
  for (; i < n; i++) tops = f32x4.max(tops, v128.load32_splat(scores + (<usize>i << 2)));
  const max = Mathf.max(
    Mathf.max(f32x4.extract_lane(tops, 0), f32x4.extract_lane(tops, 1)),
    Mathf.max(f32x4.extract_lane(tops, 2), f32x4.extract_lane(tops, 3)),
  );
  const padded = (n + 3) & ~3;
  for (let j = n; j < padded; j++) store<f32>(scores + (<usize>j << 2), max);
  const maxima = f32x4.splat(max);
  const scales = f32x4.splat(scale);
  let sums = f32x4.splat(0);
  for (let j = 0; j < padded; j += 4) {
    const at = scores + (<usize>j << 2);
    let e = expNegative(f32x4.mul(f32x4.sub(v128.load(at), maxima), scales));
    v128.store(at, e);
    if (j + 4 > n) {
      for (let i = n; i < padded; i++) store<f32>(scores + (<usize>i << 2), 0);
      e = v128.load(at);
    }
    sums = f32x4.add(sums, e);
  }
  return laneSum(sums);
}
