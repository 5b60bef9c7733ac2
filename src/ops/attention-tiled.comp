#version 450
// Encoder attention over heads of 64: one workgroup per (head, 32 queries, row). keyTile keys at a time are read
// through shared memory; softmax keeps a running maximum. Threads form a grid of 8 x 16: four queries each,
// and keys (scores) or four of the head's elements (sums) in the other dimension.
layout(local_size_x = 128) in;
layout(constant_id = 0) const int keysEach = 1;
layout(binding = 0) readonly buffer QKV { vec4 qkv[]; };
layout(binding = 2) writeonly buffer Out { vec4 result[]; };
layout(push_constant) uniform P {
  int nHead, headSize, nQueries, nKeys, nTextCtx, origin, firstQuery, firstRow;
};
const int queryTile = 32, keyTile = 16 * keysEach;
const int quads = 16, stride = quads + 1; // of four elements; one is unused to avoid bank conflicts
shared vec4 queries[queryTile * stride];
shared vec4 tile[keyTile * stride];
shared float weights[queryTile * (keyTile + 1)];
shared float shrinks[queryTile];

vec4 load(int row, int position, int third, int head, int quad) {
  return qkv[((row * nKeys + position) * 3 + third) * nHead * quads + head * quads + quad];
}

void main() {
  int i = int(gl_LocalInvocationID.x), column = i & 15, group = i >> 4;
  int head = int(gl_WorkGroupID.x), r = firstRow + int(gl_WorkGroupID.z);
  int query0 = firstQuery + int(gl_WorkGroupID.y) * queryTile;
  for (int e = i; e < queryTile * quads; e += 128) {
    int p = query0 + e / quads;
    queries[e / quads * stride + e % quads] = p < nQueries ? 0.125 * load(r, p, 0, head, e % quads) : vec4(0.0);
  }
  vec4 sums[4];
  for (int a = 0; a < 4; a++) sums[a] = vec4(0.0);
  float top = -3.0e38, total = 0.0; // of query i, in the first threads
  for (int j0 = 0; j0 < nKeys; j0 += keyTile) {
    for (int e = i; e < keyTile * quads; e += 128)
      tile[e / quads * stride + e % quads] = load(r, min(j0 + e / quads, nKeys - 1), 1, head, e % quads);
    barrier();
    float scores[4 * keysEach];
    for (int s = 0; s < 4 * keysEach; s++) scores[s] = 0.0;
    for (int q = 0; q < quads; q++) {
      vec4 k[keysEach];
      for (int b = 0; b < keysEach; b++) k[b] = tile[(column + 16 * b) * stride + q];
      for (int a = 0; a < 4; a++) {
        vec4 x = queries[(group + 8 * a) * stride + q];
        for (int b = 0; b < keysEach; b++) scores[a * keysEach + b] += dot(x, k[b]);
      }
    }
    for (int a = 0; a < 4; a++)
      for (int b = 0; b < keysEach; b++)
        weights[(group + 8 * a) * (keyTile + 1) + column + 16 * b] = scores[a * keysEach + b];
    barrier();
    if (i < queryTile) {
      int n = min(keyTile, nKeys - j0), at = i * (keyTile + 1);
      float newTop = top;
      for (int k = 0; k < n; k++) newTop = max(newTop, weights[at + k]);
      float shrink = exp(top - newTop);
      total *= shrink;
      for (int k = 0; k < keyTile; k++) {
        float weight = k < n ? exp(weights[at + k] - newTop) : 0.0;
        weights[at + k] = weight;
        total += weight;
      }
      shrinks[i] = shrink;
      top = newTop;
    }
    for (int e = i; e < keyTile * quads; e += 128)
      tile[e / quads * stride + e % quads] = load(r, min(j0 + e / quads, nKeys - 1), 2, head, e % quads);
    barrier();
    for (int a = 0; a < 4; a++) sums[a] *= shrinks[group + 8 * a];
    for (int k = 0; k < keyTile; k++) {
      vec4 value = tile[k * stride + column];
      for (int a = 0; a < 4; a++) sums[a] += weights[(group + 8 * a) * (keyTile + 1) + k] * value;
    }
    barrier();
  }
  if (i < queryTile) shrinks[i] = 1.0 / total;
  barrier();
  for (int a = 0; a < 4; a++) {
    int p = query0 + group + 8 * a;
    if (p < nQueries)
      result[((r * nQueries + p) * nHead + head) * quads + column] = sums[a] * shrinks[group + 8 * a];
  }
}
