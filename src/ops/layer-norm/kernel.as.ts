import { laneSum, madd } from "../simd.as";

/** Rows [rowStart, rowEnd) of a layer norm: mean first, then variance, both in f32. */
export function layerNormRows(
  x: usize, gamma: usize, beta: usize, out: usize, n: i32, rowStart: i32, rowEnd: i32,
): void {
  const vectors = n & ~3;
  for (let row = rowStart; row < rowEnd; row++) {
    const from = x + (<usize>row * <usize>n << 2);
    const to = out + (<usize>row * <usize>n << 2);
    let sums = f32x4.splat(0);
    let sum: f32 = 0;
    for (let i = 0; i < vectors; i += 4) sums = f32x4.add(sums, v128.load(from + (<usize>i << 2)));
    for (let i = vectors; i < n; i++) sum += load<f32>(from + (<usize>i << 2));
    const mean = (sum + laneSum(sums)) / <f32>n;
    const means = f32x4.splat(mean);
    sums = f32x4.splat(0);
    sum = 0;
    for (let i = 0; i < vectors; i += 4) {
      const d = f32x4.sub(v128.load(from + (<usize>i << 2)), means);
      sums = madd(d, d, sums);
    }
    for (let i = vectors; i < n; i++) {
      const d = load<f32>(from + (<usize>i << 2)) - mean;
      sum += d * d;
    }
    const scale = <f32>1 / sqrt<f32>((sum + laneSum(sums)) / <f32>n + <f32>1e-5);
    const scales = f32x4.splat(scale);
    for (let i = 0; i < vectors; i += 4) {
      const at = <usize>i << 2;
      const normed = f32x4.mul(f32x4.sub(v128.load(from + at), means), scales);
      v128.store(to + at, f32x4.add(f32x4.mul(normed, v128.load(gamma + at)), v128.load(beta + at)));
    }
    for (let i = vectors; i < n; i++) {
      const at = <usize>i << 2;
      store<f32>(to + at, (load<f32>(from + at) - mean) * scale * load<f32>(gamma + at) + load<f32>(beta + at));
    }
  }
}
