// Shared by the kernels of linear: sizes, and the processing of a finished sum.
layout(push_constant) uniform P {
  // nOut columns, the first of them column firstColumn of the result and row weightRow of the bound weights
  int nIn, nOut, firstColumn, weightRow, firstRow, endRow, firstBatch;
  int xBatchStride, xRowStride, xOffset, xExtent, outBatchStride, outRowStride, outOffset;
  int hasBias, activate, accumulate;
};
layout(binding = 2) readonly buffer B { float bias[]; };
layout(binding = 3) buffer Out { float result[]; };

// x * Phi(x); erfc by the rational approximation 7.1.26 of Abramowitz & Stegun, absolute error 1.5e-7.
float gelu(float v) {
  float a = abs(v) * 0.7071067811865476;
  float t = 1.0 / (1.0 + 0.3275911 * a);
  float p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  float tail = 0.5 * p * exp(-a * a);
  return v * (v < 0.0 ? tail : 1.0 - tail);
}

void finish(int batch, int m, int n, float v) {
  int at = batch * outBatchStride + m * outRowStride + outOffset + firstColumn + n;
  if (hasBias != 0) v += bias[firstColumn + n];
  if (activate != 0) v = gelu(v);
  result[at] = accumulate != 0 ? result[at] + v : v;
}
