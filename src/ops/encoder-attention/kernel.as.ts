import { tile6x8 } from "../simd.as";
import { expScores } from "../softmax.as";

/**
 * Queries [start, end) of one head of one batch entry. q, k, v: addresses of position 0's head; stride: floats from
 * one position to the next (out likewise). `work` is this thread's own: keys and values as panels of eight, scores of
 * six queries, a tile.
 */
export function encoderAttentionHead(
  q: usize, k: usize, v: usize, stride: i32, out: usize, outStride: i32,
  nPositions: i32, headSize: i32, start: i32, end: i32, work: usize,
): void {
  const keyPanels = (nPositions + 7) >> 3;
  const valuePanels = (headSize + 7) >> 3;
  const keys = work;
  const values = keys + <usize>keyPanels * <usize>headSize * 32;
  const scoreStride = <usize>keyPanels * 32;
  const scores = values + <usize>valuePanels * <usize>nPositions * 32;
  const tile = scores + scoreStride * 6;
  pack(k, stride, nPositions, headSize, keys, values, v, keyPanels, valuePanels);
  const scale = <f32>1 / sqrt<f32>(<f32>headSize);
  for (let i = start; i < end; i += 6) {
    const last = end - 1;
    const rows = min(6, end - i);
    for (let p = 0; p < keyPanels; p++) {
      tile6x8(
        q + (<usize>(i * stride) << 2), q + (<usize>(min(i + 1, last) * stride) << 2),
        q + (<usize>(min(i + 2, last) * stride) << 2), q + (<usize>(min(i + 3, last) * stride) << 2),
        q + (<usize>(min(i + 4, last) * stride) << 2), q + (<usize>(min(i + 5, last) * stride) << 2),
        keys + <usize>p * <usize>headSize * 32, headSize, tile,
      );
      for (let r = 0; r < 6; r++) {
        const to = scores + <usize>r * scoreStride + (<usize>p << 5);
        v128.store(to, v128.load(tile + (<usize>r << 5)));
        v128.store(to + 16, v128.load(tile + (<usize>r << 5) + 16));
      }
    }
    let t0: f32 = 1, t1: f32 = 1, t2: f32 = 1, t3: f32 = 1, t4: f32 = 1, t5: f32 = 1;
    t0 = expScores(scores, nPositions, scale);
    t1 = expScores(scores + scoreStride, nPositions, scale);
    t2 = expScores(scores + scoreStride * 2, nPositions, scale);
    t3 = expScores(scores + scoreStride * 3, nPositions, scale);
    t4 = expScores(scores + scoreStride * 4, nPositions, scale);
    t5 = expScores(scores + scoreStride * 5, nPositions, scale);
    for (let p = 0; p < valuePanels; p++) {
      tile6x8(
        scores, scores + scoreStride, scores + scoreStride * 2, scores + scoreStride * 3, scores + scoreStride * 4,
        scores + scoreStride * 5, values + <usize>p * <usize>nPositions * 32, nPositions, tile,
      );
      const count = min(8, headSize - p * 8);
      for (let r = 0; r < rows; r++) {
        const total = r == 0 ? t0 : r == 1 ? t1 : r == 2 ? t2 : r == 3 ? t3 : r == 4 ? t4 : t5;
        const to = out + (<usize>((i + r) * outStride + p * 8) << 2);
        for (let c = 0; c < count; c++)
          store<f32>(to + (<usize>c << 2), load<f32>(tile + (<usize>r << 5) + (<usize>c << 2)) / total);
      }
    }
  }
}

/** keys: panel[k of headSize][8 positions]; values: panel[position][8 of headSize]; zeros beyond the end. */
function pack(
  k: usize, stride: i32, nPositions: i32, headSize: i32, keys: usize, values: usize, v: usize, keyPanels: i32, valuePanels: i32,
): void {
  for (let j = 0; j < keyPanels * 8; j++) {
    let to = keys + <usize>(j >> 3) * <usize>headSize * 32 + (<usize>(j & 7) << 2);
    let from = k + (<usize>(j * stride) << 2);
    for (let i = 0; i < headSize; i++, to += 32, from += 4) store<f32>(to, j < nPositions ? load<f32>(from) : 0);
  }
  for (let p = 0; p < valuePanels; p++) {
    const count = min(8, headSize - p * 8);
    for (let j = 0; j < nPositions; j++) {
      const to = values + (<usize>p * <usize>nPositions + <usize>j) * 32;
      const from = v + (<usize>(j * stride + p * 8) << 2);
      for (let c = 0; c < 8; c++) store<f32>(to + (<usize>c << 2), c < count ? load<f32>(from + (<usize>c << 2)) : 0);
    }
  }
}
