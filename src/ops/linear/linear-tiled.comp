#version 450
#extension GL_GOOGLE_include_directive : require
#include "linear.glsl"
// A tile of rows x columns a workgroup, held in registers: fourRows x fourColumns blocks of 4 x 4 a thread;
// depth of nIn at a time through shared memory. Four neighbours of nIn are loaded at once, so nIn and the
// layout of x are multiples of 4.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const int threads = 128;
layout(constant_id = 1) const int fourRows = 2;
layout(constant_id = 2) const int fourColumns = 1;
layout(constant_id = 3) const int threadColumns = 16;
layout(constant_id = 4) const int depth = 16;
layout(binding = 0) readonly buffer X { vec4 x[]; };
#ifdef HALF
layout(binding = 1) readonly buffer W { uvec2 w[]; };
vec4 weights(int i) { return vec4(unpackHalf2x16(w[i].x), unpackHalf2x16(w[i].y)); }
#else
layout(binding = 1) readonly buffer W { vec4 w[]; };
vec4 weights(int i) { return w[i]; }
#endif
const int threadRows = threads / threadColumns;
const int tileRows = 4 * fourRows * threadRows, tileColumns = 4 * fourColumns * threadColumns;
const int rowStride = tileRows / 4 + 1, columnStride = tileColumns / 4 + 1;
const int quads = depth / 4;
// [k][row / 4], [k][column / 4]; one unused at the end of each k against bank conflicts
shared vec4 xs[depth * rowStride];
shared vec4 ws[depth * columnStride];

void main() {
  int i = int(gl_LocalInvocationID.x);
  int column0 = int(gl_WorkGroupID.x) * tileColumns, row0 = firstRow + int(gl_WorkGroupID.y) * tileRows;
  int batch = firstBatch + int(gl_WorkGroupID.z);
  int tc = i % threadColumns, tr = i / threadColumns;
  vec4 sums[fourRows * 4 * fourColumns];
  for (int s = 0; s < fourRows * 4 * fourColumns; s++) sums[s] = vec4(0.0);
  for (int k0 = 0; k0 < nIn; k0 += depth) {
    for (int e = i; e < tileRows * quads; e += threads) {
      int q = e % quads, r = e / quads, k = k0 + 4 * q, m = row0 + r;
      int at = m * xRowStride + xOffset + k;
      vec4 v = vec4(0.0);
      if (k < nIn && m < endRow && at >= 0 && at < xExtent) v = x[(batch * xBatchStride + at) >> 2];
      for (int j = 0; j < 4; j++) xs[(4 * q + j) * rowStride + (r >> 2)][r & 3] = v[j];
    }
    for (int e = i; e < tileColumns * quads; e += threads) {
      int q = e % quads, c = e / quads, k = k0 + 4 * q, n = column0 + c;
      vec4 v = vec4(0.0);
      if (k < nIn && n < nOut) v = weights(((weightRow + n) * nIn + k) >> 2);
      for (int j = 0; j < 4; j++) ws[(4 * q + j) * columnStride + (c >> 2)][c & 3] = v[j];
    }
    barrier();
    for (int k = 0; k < depth; k++) {
      vec4 b[fourColumns];
      for (int c = 0; c < fourColumns; c++) b[c] = ws[k * columnStride + c * threadColumns + tc];
      for (int r = 0; r < fourRows; r++) {
        vec4 a = xs[k * rowStride + r * threadRows + tr];
        for (int j = 0; j < 4; j++)
          for (int c = 0; c < fourColumns; c++) sums[(r * 4 + j) * fourColumns + c] += a[j] * b[c];
      }
    }
    barrier();
  }
  for (int r = 0; r < fourRows; r++)
    for (int j = 0; j < 4; j++) {
      int m = row0 + 4 * (r * threadRows + tr) + j;
      if (m >= endRow) continue;
      for (int c = 0; c < fourColumns; c++) {
        int n = column0 + 4 * (c * threadColumns + tc);
        for (int d = 0; d < 4; d++)
          if (n + d < nOut) finish(batch, m, n + d, sums[(r * 4 + j) * fourColumns + c][d]);
      }
    }
}
