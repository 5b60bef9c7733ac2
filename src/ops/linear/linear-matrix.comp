#version 450
#pragma use_vulkan_memory_model
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_cooperative_matrix : require
#include "linear.glsl"
// On matrix units: f16 products, f32 sums. x becomes f16 on its way to shared memory. A workgroup computes
// tileRows x tileColumns, its subgroups form a grid of subgroupRows x subgroupColumns, and depth of nIn is done at a
// time while the next is being loaded. nIn is a multiple of 8, the layout of x of 4.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const int threads = 128;
layout(constant_id = 1) const int M = 16;
layout(constant_id = 2) const int N = 16;
layout(constant_id = 3) const int K = 16;
layout(constant_id = 4) const int tileRows = 64;
layout(constant_id = 5) const int tileColumns = 64;
layout(constant_id = 6) const int subgroupRows = 2;
layout(constant_id = 7) const int subgroupColumns = 2;
layout(constant_id = 8) const int depth = 32;
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) readonly buffer W { uvec4 w[]; };
const int eighths = depth / 8;
const int stride = eighths + 1; // one is unused to avoid bank conflicts
const int xLoads = tileRows * eighths / threads, wLoads = tileColumns * eighths / threads;
const int rowFragments = tileRows / subgroupRows / M, columnFragments = tileColumns / subgroupColumns / N;
const int stagingColumns = columnFragments * N;
shared uvec4 xs[tileRows * stride];
shared uvec4 ws[tileColumns * stride];
shared float staging[subgroupRows * subgroupColumns * M * stagingColumns];

// The largest f16 is 65504; an infinity would spoil the whole row.
uvec2 halves(vec4 v) {
  v = clamp(v, -65504.0, 65504.0);
  return uvec2(packHalf2x16(v.xy), packHalf2x16(v.zw));
}

void main() {
  int i = int(gl_LocalInvocationID.x);
  int column0 = int(gl_WorkGroupID.x) * tileColumns, row0 = firstRow + int(gl_WorkGroupID.y) * tileRows;
  int batch = firstBatch + int(gl_WorkGroupID.z);
  int subgroup = int(gl_SubgroupID), sr = subgroup / subgroupColumns, sc = subgroup % subgroupColumns;
  coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator> sums[rowFragments * columnFragments];
  [[unroll]] for (int s = 0; s < rowFragments * columnFragments; s++)
    sums[s] = coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator>(0.0);
  vec4 xLow[xLoads], xHigh[xLoads];
  uvec4 wNext[wLoads];
  for (int k0 = -depth; k0 < nIn; k0 += depth) {
    if (k0 >= 0) {
      barrier();
      [[unroll]] for (int l = 0; l < xLoads; l++) {
        int e = l * threads + i;
        xs[e / eighths * stride + e % eighths] = uvec4(halves(xLow[l]), halves(xHigh[l]));
      }
      [[unroll]] for (int l = 0; l < wLoads; l++) {
        int e = l * threads + i;
        ws[e / eighths * stride + e % eighths] = wNext[l];
      }
      barrier();
    }
    [[unroll]] for (int l = 0; l < xLoads; l++) {
      int e = l * threads + i, k = k0 + depth + e % eighths * 8, m = row0 + e / eighths;
      int at = m * xRowStride + xOffset + k, from = (batch * xBatchStride + at) >> 2;
      bool inside = k < nIn && m < endRow;
      xLow[l] = xHigh[l] = vec4(0.0);
      if (inside && at >= 0 && at < xExtent) xLow[l] = x[from];
      if (inside && at + 4 >= 0 && at + 4 < xExtent) xHigh[l] = x[from + 1];
    }
    [[unroll]] for (int l = 0; l < wLoads; l++) {
      int e = l * threads + i, k = k0 + depth + e % eighths * 8, n = column0 + e / eighths;
      wNext[l] = uvec4(0);
      if (k < nIn && n < nOut) wNext[l] = w[((weightRow + n) * nIn + k) >> 3];
    }
    if (k0 < 0) continue;
    [[unroll]] for (int k = 0; k < depth; k += K) {
      coopmat<float16_t, gl_ScopeSubgroup, K, N, gl_MatrixUseB> b[columnFragments];
      [[unroll]] for (int c = 0; c < columnFragments; c++)
        coopMatLoad(b[c], ws, ((sc * columnFragments + c) * N) * stride + k / 8, stride,
                    gl_CooperativeMatrixLayoutColumnMajor);
      [[unroll]] for (int r = 0; r < rowFragments; r++) {
        coopmat<float16_t, gl_ScopeSubgroup, M, K, gl_MatrixUseA> a;
        coopMatLoad(a, xs, ((sr * rowFragments + r) * M) * stride + k / 8, stride,
                    gl_CooperativeMatrixLayoutRowMajor);
        [[unroll]] for (int c = 0; c < columnFragments; c++)
          sums[r * columnFragments + c] = coopMatMulAdd(a, b[c], sums[r * columnFragments + c]);
      }
    }
  }
  int lane = int(gl_SubgroupInvocationID), lanes = int(gl_SubgroupSize);
  int staged = subgroup * M * stagingColumns;
  [[unroll]] for (int r = 0; r < rowFragments; r++) {
    [[unroll]] for (int c = 0; c < columnFragments; c++)
      coopMatStore(sums[r * columnFragments + c], staging, staged + c * N, stagingColumns,
                   gl_CooperativeMatrixLayoutRowMajor);
    barrier();
    for (int e = lane; e < M * stagingColumns; e += lanes) {
      int m = row0 + (sr * rowFragments + r) * M + e / stagingColumns;
      int n = column0 + sc * stagingColumns + e % stagingColumns;
      if (m < endRow && n < nOut) finish(batch, m, n, staging[staged + e]);
    }
    barrier();
  }
}
