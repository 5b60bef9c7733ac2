#version 450
// 32 rows x 64 columns a workgroup, 4 x 4 a thread, 16 of nIn at a time through shared memory.
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer X { float x[]; };
#ifdef HALF
layout(binding = 1) readonly buffer W { uint w[]; };
float weightAt(int i) { vec2 pair = unpackHalf2x16(w[i >> 1]); return (i & 1) == 0 ? pair.x : pair.y; }
#else
layout(binding = 1) readonly buffer W { float w[]; };
float weightAt(int i) { return w[i]; }
#endif
layout(binding = 2) readonly buffer B { float bias[]; };
layout(binding = 3) buffer Out { float result[]; };
layout(push_constant) uniform P {
  int nIn, nOut, firstColumn, firstRow, endRow, firstBatch;
  int xBatchStride, xRowStride, xOffset, xExtent, outBatchStride, outRowStride, outOffset;
  int hasBias, activate, accumulate;
};
shared float xs[16][33];
shared float ws[16][65];

// erf: Maclaurin series below 2.5, continued fraction of erfc above (Abramowitz & Stegun 7.1.6, 7.1.14).
float erf(float v) {
  float a = abs(v);
  if (a > 4.0) return sign(v);
  if (a < 2.5) {
    float term = a, sum = a;
    for (int n = 1; n < 40; n++) {
      term *= 2.0 * a * a / float(2 * n + 1);
      sum += term;
    }
    return sign(v) * 1.1283791670955126 * exp(-a * a) * sum;
  }
  float f = 0.0;
  for (int n = 24; n >= 1; n--) f = 0.5 * float(n) / (a + f);
  return sign(v) * (1.0 - exp(-a * a) * 0.5641895835477563 / (a + f));
}

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
      ws[e & 15][e >> 4] = k < nIn && n < nOut ? weightAt(n * nIn + k) : 0.0;
    }
    barrier();
    for (int k = 0; k < 16; k++)
      for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++) sums[a][b] += xs[k][tr + 8 * a] * ws[k][tc + 16 * b];
    barrier();
  }
  for (int a = 0; a < 4; a++) for (int b = 0; b < 4; b++) {
    int m = row0 + tr + 8 * a, n = column0 + tc + 16 * b;
    if (m >= endRow || n >= nOut) continue;
    int at = batch * outBatchStride + m * outRowStride + outOffset + firstColumn + n;
    float v = sums[a][b];
    if (hasBias != 0) v += bias[firstColumn + n];
    if (activate != 0) v = 0.5 * v * (1.0 + erf(v * 0.7071067811865476));
    result[at] = accumulate != 0 ? result[at] + v : v;
  }
}
