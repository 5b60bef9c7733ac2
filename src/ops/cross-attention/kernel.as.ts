import { laneSum, madd } from "../simd.as";
import { expScores } from "../softmax.as";

/**
 * One query of one head over cached keys and values. Key j lies at rows[j] (a byte address of position j's key for
 * this head; its value 4 * nState bytes on), or, with rows == 0, at kv + j * stride floats. Scores go to `work`.
 */
export function cachedAttentionHead(
  q: usize, kv: usize, rows: usize, stride: i32, valueOffset: i32, nKeys: i32, headSize: i32, out: usize, work: usize,
): void {
  const scale = <f32>1 / sqrt<f32>(<f32>headSize);
  const vectors = headSize & ~3;
  for (let j = 0; j < nKeys; j++) {
    const key = rows ? <usize>load<u32>(rows + (<usize>j << 2)) : kv + (<usize>(j * stride) << 2);
    let sums = f32x4.splat(0);
    let sum: f32 = 0;
    for (let i = 0; i < vectors; i += 4) sums = madd(v128.load(q + (<usize>i << 2)), v128.load(key + (<usize>i << 2)), sums);
    for (let i = vectors; i < headSize; i++) sum += load<f32>(q + (<usize>i << 2)) * load<f32>(key + (<usize>i << 2));
    store<f32>(work + (<usize>j << 2), sum + laneSum(sums));
  }
  const total = expScores(work, nKeys, scale);
  for (let i = 0; i < vectors; i += 4) v128.store(out + (<usize>i << 2), f32x4.splat(0));
  for (let i = vectors; i < headSize; i++) store<f32>(out + (<usize>i << 2), 0);
  for (let j = 0; j < nKeys; j++) {
    const key = rows ? <usize>load<u32>(rows + (<usize>j << 2)) : kv + (<usize>(j * stride) << 2);
    const value = key + (<usize>valueOffset << 2);
    const weight = load<f32>(work + (<usize>j << 2)) / total;
    const weights = f32x4.splat(weight);
    for (let i = 0; i < vectors; i += 4) {
      const at = out + (<usize>i << 2);
      v128.store(at, madd(weights, v128.load(value + (<usize>i << 2)), v128.load(at)));
    }
    for (let i = vectors; i < headSize; i++) {
      const at = out + (<usize>i << 2);
      store<f32>(at, load<f32>(at) + weight * load<f32>(value + (<usize>i << 2)));
    }
  }
}
