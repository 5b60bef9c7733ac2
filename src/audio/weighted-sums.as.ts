/**
 * `n` sums of `width` samples times weights, all 32-bit: each sum begins `step` samples behind the one before and is
 * stored `outStep` values behind it. Addresses in bytes; `width` is a multiple of 4.
 */
export function weightedSums(
  samples: usize,
  step: i32,
  weights: usize,
  width: i32,
  n: i32,
  out: usize,
  outStep: i32,
): void {
  const end = weights + (<usize>width << 2);
  for (let i = 0; i < n; i++) {
    let sums = f32x4.splat(0);
    for (let w = weights, s = samples; w < end; w += 16, s += 16) {
      sums = f32x4.add(sums, f32x4.mul(v128.load(s), v128.load(w)));
    }
    const left = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
    store<f32>(out, left + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)));
    samples += <usize>step << 2;
    out += <usize>outStep << 2;
  }
}
