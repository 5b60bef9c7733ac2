import { gelu, halfToFloat, halvesToFloats, laneSum, madd, tile6x8 } from "../simd.as";

/**
 * Columns [nStart, nEnd) of a linear step, for all rows. `work` is this thread's own memory: the packed panels
 * ((nEnd - nStart) rounded up to 8, nIn), 6 gathered rows of nIn, a 6 x 8 tile. Layout in elements, addresses in bytes.
 */
export function linearColumns(
  x: usize, weight: usize, half: i32, bias: usize, out: usize,
  nBatch: i32, nRows: i32, nIn: i32, nStart: i32, nEnd: i32,
  xBatchStride: i32, xRowStride: i32, xOffset: i32, xExtent: i32,
  outBatchStride: i32, outRowStride: i32, outOffset: i32,
  activate: i32, accumulate: i32, work: usize,
): void {
  const nPanels = (nEnd - nStart + 7) >> 3;
  const few = nBatch * nRows <= 4;
  const edge = few ? work : work + <usize>nPanels * <usize>nIn * 32;
  const tile = edge + <usize>nIn * 24;
  if (!few) for (let p = 0; p < nPanels; p++) packPanel(weight, half, nIn, nStart + p * 8, nEnd, work + <usize>p * <usize>nIn * 32);
  for (let b = 0; b < nBatch; b++) {
    const region = x + (<usize>b * <usize>xBatchStride << 2);
    const outBase = out + (<usize>(b * outBatchStride + outOffset) << 2);
    for (let m = 0; m < nRows; m += few ? 1 : 6) {
      const last = nRows - 1;
      const a0 = rowAddress(region, m, xRowStride, xOffset, xExtent, nIn, edge, 0);
      if (few) {
        for (let n = nStart; n < nEnd; n += 4) {
          const count = min(4, nEnd - n);
          for (let i = 0; i < count; i++)
            store<f32>(tile + (<usize>i << 2), dot(a0, weight, half, <usize>(n + i) * <usize>nIn, nIn));
          finish(tile, outBase + (<usize>(m * outRowStride + n) << 2), bias ? bias + (<usize>n << 2) : 0, count, activate, accumulate);
        }
        continue;
      }
      const a1 = rowAddress(region, min(m + 1, last), xRowStride, xOffset, xExtent, nIn, edge, 1);
      const a2 = rowAddress(region, min(m + 2, last), xRowStride, xOffset, xExtent, nIn, edge, 2);
      const a3 = rowAddress(region, min(m + 3, last), xRowStride, xOffset, xExtent, nIn, edge, 3);
      const a4 = rowAddress(region, min(m + 4, last), xRowStride, xOffset, xExtent, nIn, edge, 4);
      const a5 = rowAddress(region, min(m + 5, last), xRowStride, xOffset, xExtent, nIn, edge, 5);
      const rows = min(6, nRows - m);
      for (let p = 0; p < nPanels; p++) {
        tile6x8(a0, a1, a2, a3, a4, a5, work + <usize>p * <usize>nIn * 32, nIn, tile);
        const n = nStart + p * 8;
        const count = min(8, nEnd - n);
        for (let r = 0; r < rows; r++) {
          const to = outBase + (<usize>((m + r) * outRowStride + n) << 2);
          const from = tile + (<usize>r << 5);
          const biasAt = bias ? bias + (<usize>n << 2) : 0;
          finish(from, to, biasAt, min(4, count), activate, accumulate);
          if (count > 4) finish(from + 16, to + 16, biasAt ? biasAt + 16 : 0, count - 4, activate, accumulate);
        }
      }
    }
  }
}

/** Where row m's nIn values are; a row that leaves the region is gathered with zeros into slot i of `edge`. */
function rowAddress(
  region: usize, m: i32, rowStride: i32, offset: i32, extent: i32, nIn: i32, edge: usize, i: i32,
): usize {
  const start = m * rowStride + offset;
  if (start >= 0 && start + nIn <= extent) return region + (<usize>start << 2);
  const to = edge + <usize>i * (<usize>nIn << 2);
  for (let k = 0; k < nIn; k++) {
    const at = start + k;
    store<f32>(to + (<usize>k << 2), at >= 0 && at < extent ? load<f32>(region + (<usize>at << 2)) : 0);
  }
  return to;
}

/** Eight weight rows from n on, interleaved: panel[k][0..7]; rows from nEnd on are zeros. */
function packPanel(weight: usize, half: i32, nIn: i32, n: i32, nEnd: i32, panel: usize): void {
  for (let j = 0; j < 8; j++) {
    let to = panel + (<usize>j << 2);
    if (n + j >= nEnd) {
      for (let k = 0; k < nIn; k++, to += 32) store<f32>(to, 0);
      continue;
    }
    const first = <usize>(n + j) * <usize>nIn;
    if (half) {
      let from = weight + (first << 1);
      let k = 0;
      for (; k + 4 <= nIn; k += 4, from += 8, to += 128) {
        const v = halvesToFloats(v128.load16x4_u(from));
        v128.store_lane<f32>(to, v, 0);
        v128.store_lane<f32>(to + 32, v, 1);
        v128.store_lane<f32>(to + 64, v, 2);
        v128.store_lane<f32>(to + 96, v, 3);
      }
      for (; k < nIn; k++, from += 2, to += 32) store<f32>(to, halfToFloat(load<u16>(from)));
    } else {
      let from = weight + (first << 2);
      for (let k = 0; k < nIn; k++, from += 4, to += 32) store<f32>(to, load<f32>(from));
    }
  }
}

/** Dot product of a row of x with one weight row. */
function dot(a: usize, weight: usize, half: i32, first: usize, nIn: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let k = 0;
  let sum: f32 = 0;
  if (half) {
    let w = weight + (first << 1);
    for (; k + 16 <= nIn; k += 16, w += 32, a += 64) {
      s0 = madd(v128.load(a), halvesToFloats(v128.load16x4_u(w)), s0);
      s1 = madd(v128.load(a, 16), halvesToFloats(v128.load16x4_u(w, 8)), s1);
      s2 = madd(v128.load(a, 32), halvesToFloats(v128.load16x4_u(w, 16)), s2);
      s3 = madd(v128.load(a, 48), halvesToFloats(v128.load16x4_u(w, 24)), s3);
    }
    for (; k < nIn; k++, w += 2, a += 4) sum += load<f32>(a) * halfToFloat(load<u16>(w));
  } else {
    let w = weight + (first << 2);
    for (; k + 16 <= nIn; k += 16, w += 64, a += 64) {
      s0 = madd(v128.load(a), v128.load(w), s0);
      s1 = madd(v128.load(a, 16), v128.load(w, 16), s1);
      s2 = madd(v128.load(a, 32), v128.load(w, 32), s2);
      s3 = madd(v128.load(a, 48), v128.load(w, 48), s3);
    }
    for (; k < nIn; k++, w += 4, a += 4) sum += load<f32>(a) * load<f32>(w);
  }
  return sum + laneSum(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/** Up to four sums to their place: bias, GELU, residual. */
function finish(from: usize, to: usize, bias: usize, count: i32, activate: i32, accumulate: i32): void {
  if (count == 4) {
    let v = v128.load(from);
    if (bias) v = f32x4.add(v, v128.load(bias));
    if (activate) v = gelu(v);
    if (accumulate) v = f32x4.add(v, v128.load(to));
    v128.store(to, v);
    return;
  }
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 2;
    let value = load<f32>(from + at);
    if (bias) value += load<f32>(bias + at);
    if (activate) value = f32x4.extract_lane(gelu(f32x4.splat(value)), 0);
    if (accumulate) value += load<f32>(to + at);
    store<f32>(to + at, value);
  }
}
