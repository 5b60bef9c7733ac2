#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#ifdef SUBGROUP
#extension GL_KHR_shader_subgroup_arithmetic : require
#endif
#include "linear.glsl"
// For a few rows: `lanes` neighbouring threads walk along nIn together, 8 elements each at a time, for
// columnsEach columns and all rows at once. nIn is a multiple of 8 and the layout of x of 4.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const int threads = 128;
layout(constant_id = 1) const int rows = 1;
layout(constant_id = 2) const int columnsEach = 1;
layout(constant_id = 3) const int lanes = 16;
layout(binding = 0) readonly buffer X { vec4 x[]; };
#ifdef HALF
layout(binding = 1) readonly buffer W { uvec4 w[]; };
void weights(int i, out vec4 low, out vec4 high) {
  uvec4 packed = w[i];
  low = vec4(unpackHalf2x16(packed.x), unpackHalf2x16(packed.y));
  high = vec4(unpackHalf2x16(packed.z), unpackHalf2x16(packed.w));
}
#else
layout(binding = 1) readonly buffer W { vec4 w[]; };
void weights(int i, out vec4 low, out vec4 high) { low = w[2 * i]; high = w[2 * i + 1]; }
#endif
#ifdef SUBGROUP
const int parts = 1; // of a sum
#else
const int parts = lanes;
#endif
const int groups = threads / lanes, sumsEach = columnsEach * rows;
shared float partial[groups * sumsEach * parts];

void main() {
  int i = int(gl_LocalInvocationID.x), lane = i % lanes, group = i / lanes;
  int batch = firstBatch + int(gl_WorkGroupID.z);
  int column0 = (int(gl_WorkGroupID.x) * groups + group) * columnsEach;
  float sums[sumsEach];
  [[unroll]] for (int s = 0; s < sumsEach; s++) sums[s] = 0.0;
  for (int k = 8 * lane; k < nIn; k += 8 * lanes) {
    vec4 low[rows], high[rows];
    [[unroll]] for (int r = 0; r < rows; r++) {
      int at = (firstRow + r) * xRowStride + xOffset + k, from = (batch * xBatchStride + at) >> 2;
      low[r] = high[r] = vec4(0.0);
      if (at >= 0 && at < xExtent) low[r] = x[from];
      if (at + 4 >= 0 && at + 4 < xExtent) high[r] = x[from + 1];
    }
    [[unroll]] for (int c = 0; c < columnsEach; c++) {
      vec4 wLow, wHigh; // repeats the last columns where there are no more
      weights(((weightRow + min(column0 + c, nOut - 1)) * nIn + k) >> 3, wLow, wHigh);
      [[unroll]] for (int r = 0; r < rows; r++) sums[c * rows + r] += dot(low[r], wLow) + dot(high[r], wHigh);
    }
  }
#ifdef SUBGROUP
  [[unroll]] for (int s = 0; s < sumsEach; s++) {
    float sum = subgroupAdd(sums[s]);
    if (lane == 0) partial[group * sumsEach + s] = sum;
  }
#else
  [[unroll]] for (int s = 0; s < sumsEach; s++) partial[(group * sumsEach + s) * lanes + lane] = sums[s];
#endif
  barrier();
  // neighbours write neighbouring columns: the result may be in the host's memory, behind a bus
  for (int e = i; e < groups * sumsEach; e += threads) {
    int r = e / (groups * columnsEach), c = e % (groups * columnsEach);
    int at = ((c / columnsEach) * sumsEach + c % columnsEach * rows + r) * parts;
    float sum = partial[at];
    for (int l = 1; l < parts; l++) sum += partial[at + l];
    int n = int(gl_WorkGroupID.x) * groups * columnsEach + c;
    if (n < nOut) finish(batch, firstRow + r, n, sum);
  }
}
