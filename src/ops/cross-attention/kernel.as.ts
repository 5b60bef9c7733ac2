import { laneSum, madd } from "../simd.as";
import { expScores } from "../softmax.as";

/**
 * One query of neighbouring heads over cached keys and values, four positions at a time and all heads of a position
 * together, since they are side by side in memory. Key j of the first head is at rows[j] (a byte address; its value
 * valueOffset floats on), or, with rows == 0, at kv + j * stride floats. `work`: scores, (nHeads, nKeys rounded up to 4).
 */
export function cachedAttentionHeads(
  q: usize, kv: usize, rows: usize, stride: i32, valueOffset: i32, nKeys: i32, nHeads: i32, headSize: i32,
  out: usize, work: usize,
): void {
  const vectors = headSize & ~3;
  const headBytes = <usize>headSize << 2;
  const scoreBytes = <usize>((nKeys + 3) & ~3) << 2;
  for (let j = 0; j < nKeys; j += 4) {
    const k0 = position(kv, rows, stride, j, nKeys), k1 = position(kv, rows, stride, j + 1, nKeys);
    const k2 = position(kv, rows, stride, j + 2, nKeys), k3 = position(kv, rows, stride, j + 3, nKeys);
    for (let h = 0; h < nHeads; h++) {
      const head = <usize>h * headBytes;
      const query = q + head;
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, rest = s0;
      for (let i = 0; i < vectors; i += 4) {
        const at = head + (<usize>i << 2);
        const a = v128.load(q + at);
        s0 = madd(a, v128.load(k0 + at), s0);
        s1 = madd(a, v128.load(k1 + at), s1);
        s2 = madd(a, v128.load(k2 + at), s2);
        s3 = madd(a, v128.load(k3 + at), s3);
      }
      for (let i = vectors; i < headSize; i++) {
        const at = head + (<usize>i << 2);
        const keys = f32x4(load<f32>(k0 + at), load<f32>(k1 + at), load<f32>(k2 + at), load<f32>(k3 + at));
        rest = madd(v128.load32_splat(query + (<usize>i << 2)), keys, rest);
      }
      const sums = f32x4(laneSum(s0), laneSum(s1), laneSum(s2), laneSum(s3));
      v128.store(work + <usize>h * scoreBytes + (<usize>j << 2), f32x4.add(sums, rest));
    }
  }
  const scale = <f32>1 / sqrt<f32>(<f32>headSize);
  for (let h = 0; h < nHeads; h++) {
    const weights = work + <usize>h * scoreBytes;
    const share = f32x4.splat(<f32>1 / expScores(weights, nKeys, scale));
    for (let j = 0; j < nKeys; j += 4) {
      const at = weights + (<usize>j << 2);
      v128.store(at, f32x4.mul(v128.load(at), share));
    }
  }
  memory.fill(out, 0, <usize>nHeads * headBytes);
  const toValue = <usize>valueOffset << 2;
  for (let j = 0; j < nKeys; j += 4) {
    // positions beyond the last weigh 0
    const v0 = position(kv, rows, stride, j, nKeys) + toValue, v1 = position(kv, rows, stride, j + 1, nKeys) + toValue;
    const v2 = position(kv, rows, stride, j + 2, nKeys) + toValue, v3 = position(kv, rows, stride, j + 3, nKeys) + toValue;
    for (let h = 0; h < nHeads; h++) {
      const head = <usize>h * headBytes;
      const weights = v128.load(work + <usize>h * scoreBytes + (<usize>j << 2));
      const w0 = f32x4.splat(f32x4.extract_lane(weights, 0)), w1 = f32x4.splat(f32x4.extract_lane(weights, 1));
      const w2 = f32x4.splat(f32x4.extract_lane(weights, 2)), w3 = f32x4.splat(f32x4.extract_lane(weights, 3));
      for (let i = 0; i < vectors; i += 4) {
        const at = head + (<usize>i << 2);
        const near = madd(w1, v128.load(v1 + at), madd(w0, v128.load(v0 + at), v128.load(out + at)));
        v128.store(out + at, madd(w3, v128.load(v3 + at), madd(w2, v128.load(v2 + at), near)));
      }
      for (let i = vectors; i < headSize; i++) {
        const at = head + (<usize>i << 2);
        const values = f32x4(load<f32>(v0 + at), load<f32>(v1 + at), load<f32>(v2 + at), load<f32>(v3 + at));
        store<f32>(out + at, load<f32>(out + at) + laneSum(f32x4.mul(weights, values)));
      }
    }
  }
}

/** Where position j's key of the first head is; beyond the end the last one's. */
// @ts-ignore: decorator
@inline
function position(kv: usize, rows: usize, stride: i32, j: i32, nKeys: i32): usize {
  const at = min(j, nKeys - 1);
  return rows ? <usize>load<u32>(rows + (<usize>at << 2)) : kv + (<usize>(at * stride) << 2);
}
