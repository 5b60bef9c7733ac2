#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "linear.glsl"
// A tile of rows x columns a workgroup, held in registers, rowsEach x columnsEach of it a thread; depth of nIn
// at a time through shared memory. Four neighbours of nIn are loaded at once, so nIn and the layout of x are
// multiples of 4.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const int threads = 128;
layout(constant_id = 1) const int rowsEach = 8;
layout(constant_id = 2) const int columnsEach = 4;
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
const int tileRows = rowsEach * threadRows, tileColumns = columnsEach * threadColumns;
const int rowStride = tileRows + 1, columnStride = tileColumns + 1; // odd, to avoid bank conflicts
const int quads = depth / 4;
shared float xs[depth * rowStride];
shared float ws[depth * columnStride];

void main() {
  int i = int(gl_LocalInvocationID.x);
  int column0 = int(gl_WorkGroupID.x) * tileColumns, row0 = firstRow + int(gl_WorkGroupID.y) * tileRows;
  int batch = firstBatch + int(gl_WorkGroupID.z);
  int tc = i % threadColumns, tr = i / threadColumns;
  float sums[rowsEach * columnsEach];
  [[unroll]] for (int s = 0; s < rowsEach * columnsEach; s++) sums[s] = 0.0;
  for (int k0 = 0; k0 < nIn; k0 += depth) {
    for (int e = i; e < tileRows * quads; e += threads) {
      int q = e % quads, r = e / quads, k = k0 + 4 * q, m = row0 + r;
      int at = m * xRowStride + xOffset + k;
      vec4 v = vec4(0.0);
      if (k < nIn && m < endRow && at >= 0 && at < xExtent) v = x[(batch * xBatchStride + at) >> 2];
      [[unroll]] for (int j = 0; j < 4; j++) xs[(4 * q + j) * rowStride + r] = v[j];
    }
    for (int e = i; e < tileColumns * quads; e += threads) {
      int q = e % quads, c = e / quads, k = k0 + 4 * q, n = column0 + c;
      vec4 v = vec4(0.0);
      if (k < nIn && n < nOut) v = weights(((weightRow + n) * nIn + k) >> 2);
      [[unroll]] for (int j = 0; j < 4; j++) ws[(4 * q + j) * columnStride + c] = v[j];
    }
    barrier();
    for (int k = 0; k < depth; k++) {
      float b[columnsEach];
      [[unroll]] for (int c = 0; c < columnsEach; c++) b[c] = ws[k * columnStride + c * threadColumns + tc];
      [[unroll]] for (int r = 0; r < rowsEach; r++) {
        float a = xs[k * rowStride + r * threadRows + tr];
        [[unroll]] for (int c = 0; c < columnsEach; c++) sums[r * columnsEach + c] += a * b[c];
      }
    }
    barrier();
  }
  [[unroll]] for (int r = 0; r < rowsEach; r++) {
    [[unroll]] for (int c = 0; c < columnsEach; c++) {
      int m = row0 + r * threadRows + tr, n = column0 + c * threadColumns + tc;
      if (m < endRow && n < nOut) finish(batch, m, n, sums[r * columnsEach + c]);
    }
  }
}
