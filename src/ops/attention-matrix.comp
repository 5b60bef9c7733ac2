#version 450
#pragma use_vulkan_memory_model
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_cooperative_matrix : require
// Encoder attention over heads of 64 on matrix units: f16 products, f32 sums, softmax in f32. One workgroup per
// (head, 64 queries, row): 16 queries a subgroup. `splits` subgroups for the same queries share the keys
// and are combined at the end. Each reads keyTile keys at a time through shared
// memory while the next ones are loaded.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const int threads = 128;
layout(constant_id = 1) const int M = 16;
layout(constant_id = 2) const int N = 16;
layout(constant_id = 3) const int K = 16;
layout(constant_id = 4) const int keyTile = 32;
layout(constant_id = 5) const int splits = 1;
layout(binding = 0) readonly buffer QKV { vec4 qkv[]; };
layout(binding = 2) writeonly buffer Out { vec4 result[]; };
layout(push_constant) uniform P {
  int nHead, headSize, nQueries, nKeys, nTextCtx, origin, firstQuery, firstRow;
};
const int queryGroups = 4, subgroups = queryGroups * splits, rows = 16, lanes = threads / subgroups;
const int keysLoaded = splits * keyTile;
const int quads = 16; // of four elements, a head
const int stride = 9; // of eight halves, a head; one is unused to avoid bank conflicts
const int scoreStride = keyTile / 4 + 1, weightStride = keyTile / 4 + 2;
const int loads = keysLoaded * quads / threads;
const int rowParts = rows / M, keyParts = keyTile / N, headParts = 64 / N, depthParts = 64 / K;
// lanes share a row's columns, or take several rows each
const int lanesPerRow = lanes > rows ? lanes / rows : 1, rowsPerLane = lanes < rows ? rows / lanes : 1;
shared uvec2 kv[2 * keysLoaded * stride * 2];
shared vec4 scores[subgroups * rows * scoreStride];
shared uvec2 weights[subgroups * rows * weightStride];
shared float factors[subgroups * rows];
shared float tops[subgroups * rows];

uvec2 halves(vec4 v) {
  v = clamp(v, -65504.0, 65504.0);
  return uvec2(packHalf2x16(v.xy), packHalf2x16(v.zw));
}

vec4 load(int row, int position, int third, int head, int quad) {
  if (position >= nKeys) return vec4(0.0);
  return qkv[((row * nKeys + position) * 3 + third) * nHead * quads + head * quads + quad];
}

void main() {
  int i = int(gl_LocalInvocationID.x), subgroup = int(gl_SubgroupID), lane = int(gl_SubgroupInvocationID);
  int group = subgroup % queryGroups, split = subgroup / queryGroups;
  int head = int(gl_WorkGroupID.x), r = firstRow + int(gl_WorkGroupID.z);
  int query0 = firstQuery + int(gl_WorkGroupID.y) * queryGroups * rows;

  // the scaled queries, through the memory for keys and values, as many at a time as fit
  coopmat<float16_t, gl_ScopeSubgroup, M, K, gl_MatrixUseA> queries[rowParts * depthParts];
  for (int first = 0; first < queryGroups * rows; first += 2 * keysLoaded) {
    for (int e = i; e < min(2 * keysLoaded, queryGroups * rows) * quads; e += threads)
      kv[e / quads * stride * 2 + e % quads] = halves(0.125 * load(r, query0 + first + e / quads, 0, head, e % quads));
    barrier();
    int own = group * rows - first;
    if (own >= 0 && own < 2 * keysLoaded)
      [[unroll]] for (int a = 0; a < rowParts; a++)
        [[unroll]] for (int d = 0; d < depthParts; d++)
          coopMatLoad(queries[a * depthParts + d], kv, (own + a * M) * stride * 2 + d * K / 4, stride * 2,
                      gl_CooperativeMatrixLayoutRowMajor);
    barrier();
  }

  coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator> sums[rowParts * headParts];
  [[unroll]] for (int s = 0; s < rowParts * headParts; s++)
    sums[s] = coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator>(0.0);
  int laneColumn = lane % lanesPerRow, laneRow = lane / lanesPerRow;
  float top[rowsPerLane], total[rowsPerLane];
  [[unroll]] for (int a = 0; a < rowsPerLane; a++) { top[a] = -3.0e38; total[a] = 0.0; }
  vec4 nextKeys[loads], nextValues[loads];
  [[unroll]] for (int l = 0; l < loads; l++) {
    int e = l * threads + i;
    nextKeys[l] = load(r, e / quads, 1, head, e % quads);
    nextValues[l] = load(r, e / quads, 2, head, e % quads);
  }
  for (int j0 = 0; j0 < nKeys; j0 += keysLoaded) {
    [[unroll]] for (int l = 0; l < loads; l++) {
      int e = l * threads + i;
      kv[e / quads * stride * 2 + e % quads] = halves(nextKeys[l]);
      kv[(keysLoaded + e / quads) * stride * 2 + e % quads] = halves(nextValues[l]);
    }
    barrier();
    [[unroll]] for (int l = 0; l < loads; l++) {
      int e = l * threads + i;
      nextKeys[l] = load(r, j0 + keysLoaded + e / quads, 1, head, e % quads);
      nextValues[l] = load(r, j0 + keysLoaded + e / quads, 2, head, e % quads);
    }
    [[unroll]] for (int c = 0; c < keyParts; c++) {
      coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator> products[rowParts];
      [[unroll]] for (int a = 0; a < rowParts; a++)
        products[a] = coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator>(0.0);
      [[unroll]] for (int d = 0; d < depthParts; d++) {
        coopmat<float16_t, gl_ScopeSubgroup, K, N, gl_MatrixUseB> keys;
        coopMatLoad(keys, kv, (split * keyTile + c * N) * stride * 2 + d * K / 4, stride * 2,
                    gl_CooperativeMatrixLayoutColumnMajor);
        [[unroll]] for (int a = 0; a < rowParts; a++)
          products[a] = coopMatMulAdd(queries[a * depthParts + d], keys, products[a]);
      }
      [[unroll]] for (int a = 0; a < rowParts; a++)
        coopMatStore(products[a], scores, (subgroup * rows + a * M) * scoreStride + c * N / 4, scoreStride,
                     gl_CooperativeMatrixLayoutRowMajor);
    }
    subgroupBarrier();
    int n = min(keyTile, nKeys - j0 - split * keyTile);
    [[unroll]] for (int a = 0; a < rowsPerLane; a++) {
      int row = subgroup * rows + laneRow + a * lanes;
      vec4 tops = vec4(top[a]);
      [[unroll]] for (int c = 0; c < keyTile / 4; c++) {
        bvec4 inside = lessThan(ivec4(0, 1, 2, 3) + 4 * c, ivec4(n));
        tops = max(tops, mix(vec4(-3.0e38), scores[row * scoreStride + c], inside));
      }
      float newTop = max(max(tops.x, tops.y), max(tops.z, tops.w));
      float shrink = exp(top[a] - newTop);
      top[a] = newTop;
      vec4 added = vec4(0.0);
      [[unroll]] for (int part = 0; part < keyTile / 4 / lanesPerRow; part++) {
        int c = part * lanesPerRow + laneColumn;
        bvec4 inside = lessThan(ivec4(0, 1, 2, 3) + 4 * c, ivec4(n));
        vec4 weight = mix(vec4(0.0), exp(scores[row * scoreStride + c] - newTop), inside);
        weights[row * weightStride + c] = halves(weight);
        added += weight;
      }
      total[a] = total[a] * shrink + dot(added, vec4(1.0));
      if (laneColumn == 0) factors[row] = shrink;
    }
    subgroupBarrier();
    [[unroll]] for (int a = 0; a < rowParts; a++) {
      // the same factor along each row
      coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator> shrink;
      coopMatLoad(shrink, factors, subgroup * rows + a * M, 0, gl_CooperativeMatrixLayoutColumnMajor);
      [[unroll]] for (int h = 0; h < headParts; h++)
        [[unroll]] for (int e = 0; e < shrink.length(); e++) sums[a * headParts + h][e] *= shrink[e];
    }
    [[unroll]] for (int k = 0; k < keyTile; k += K) {
      coopmat<float16_t, gl_ScopeSubgroup, M, K, gl_MatrixUseA> weight[rowParts];
      [[unroll]] for (int a = 0; a < rowParts; a++)
        coopMatLoad(weight[a], weights, (subgroup * rows + a * M) * weightStride + k / 4, weightStride,
                    gl_CooperativeMatrixLayoutRowMajor);
      [[unroll]] for (int h = 0; h < headParts; h++) {
        coopmat<float16_t, gl_ScopeSubgroup, K, N, gl_MatrixUseB> values;
        coopMatLoad(values, kv, (keysLoaded + split * keyTile + k) * stride * 2 + h * N / 4, stride * 2,
                    gl_CooperativeMatrixLayoutRowMajor);
        [[unroll]] for (int a = 0; a < rowParts; a++)
          sums[a * headParts + h] = coopMatMulAdd(weight[a], values, sums[a * headParts + h]);
      }
    }
    barrier();
  }
  [[unroll]] for (int a = 0; a < rowsPerLane; a++) {
    scores[i].x = total[a];
    subgroupBarrier();
    if (laneColumn == 0) {
      float sum = 0.0;
      for (int e = 0; e < lanesPerRow; e++) sum += scores[i + e].x;
      factors[subgroup * rows + laneRow + a * lanes] = sum;
      tops[subgroup * rows + laneRow + a * lanes] = top[a];
    }
    subgroupBarrier();
  }
  // results go out through the memory for scores, as many columns at a time as fit
  [[unroll]] for (int column0 = 0; column0 < 64; column0 += keyTile) {
    const int columns = keyTile < 64 ? keyTile : 64;
    [[unroll]] for (int a = 0; a < rowParts; a++)
      [[unroll]] for (int c = 0; c < columns; c += N)
        coopMatStore(sums[a * headParts + (column0 + c) / N], scores,
                     (subgroup * rows + a * M) * scoreStride + c / 4, scoreStride,
                     gl_CooperativeMatrixLayoutRowMajor);
    barrier();
    for (int e = i; e < queryGroups * rows * columns / 4; e += threads) {
      int row = e / (columns / 4), c = e % (columns / 4);
      float largest = -3.0e38, sum = 0.0;
      for (int s = 0; s < splits; s++) largest = max(largest, tops[s * queryGroups * rows + row]);
      vec4 value = vec4(0.0);
      for (int s = 0; s < splits; s++) {
        int from = s * queryGroups * rows + row;
        float factor = exp(tops[from] - largest);
        sum += factor * factors[from];
        value += factor * scores[from * scoreStride + c];
      }
      if (query0 + row < nQueries)
        result[((r * nQueries + query0 + row) * nHead + head) * quads + column0 / 4 + c] = value / sum;
    }
    barrier();
  }
}
