#version 450
#extension GL_GOOGLE_include_directive : require
#include "linear.glsl"
// For any sizes: 32 rows x 64 columns a workgroup, 4 x 4 a thread, 16 of nIn at a time through shared memory.
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer X { float x[]; };
#ifdef HALF
layout(binding = 1) readonly buffer W { uint w[]; };
float weightAt(int i) { vec2 pair = unpackHalf2x16(w[i >> 1]); return (i & 1) == 0 ? pair.x : pair.y; }
#else
layout(binding = 1) readonly buffer W { float w[]; };
float weightAt(int i) { return w[i]; }
#endif
shared float xs[16][33];
shared float ws[16][65];

void main() {
  int i = int(gl_LocalInvocationID.x);
  int column0 = int(gl_WorkGroupID.x) * 64, row0 = firstRow + int(gl_WorkGroupID.y) * 32;
  int batch = firstBatch + int(gl_WorkGroupID.z);
  int tc = i & 15, tr = i >> 4;
  float sums[4][4];
  for (int a = 0; a < 4; a++) for (int b = 0; b < 4; b++) sums[a][b] = 0.0;
  for (int k0 = 0; k0 < nIn; k0 += 16) {
    for (int e = i; e < 512; e += 128) {
      int k = k0 + (e & 15), m = row0 + (e >> 4);
      int at = m * xRowStride + xOffset + k;
      xs[e & 15][e >> 4] = k < nIn && m < endRow && at >= 0 && at < xExtent ? x[batch * xBatchStride + at] : 0.0;
    }
    for (int e = i; e < 1024; e += 128) {
      int k = k0 + (e & 15), n = column0 + (e >> 4);
      ws[e & 15][e >> 4] = k < nIn && n < nOut ? weightAt((weightRow + n) * nIn + k) : 0.0;
    }
    barrier();
    for (int k = 0; k < 16; k++)
      for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++) sums[a][b] += xs[k][tr + 8 * a] * ws[k][tc + 16 * b];
    barrier();
  }
  for (int a = 0; a < 4; a++) for (int b = 0; b < 4; b++) {
    int m = row0 + tr + 8 * a, n = column0 + tc + 16 * b;
    if (m < endRow && n < nOut) finish(batch, m, n, sums[a][b]);
  }
}
