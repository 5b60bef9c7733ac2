#version 450
// One workgroup per (head, query, row); online softmax over blocks of 128 keys, f32.
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer Q { float q[]; };
layout(binding = 1) readonly buffer KV { float kv[]; };
layout(binding = 2) writeonly buffer Out { float result[]; };
#ifndef ENCODER
layout(binding = 3) readonly buffer Control { int control[]; };
#endif
layout(push_constant) uniform P {
  int nHead, headSize, nQueries, nKeys, nTextCtx, origin, firstQuery, firstRow;
};
shared float weights[128];
shared int keys[128];
shared float reduced[128];

float reduce(float value, bool largest) {
  uint i = gl_LocalInvocationID.x;
  reduced[i] = value;
  barrier();
  for (uint n = 64; n > 0; n >>= 1) {
    if (i < n) reduced[i] = largest ? max(reduced[i], reduced[i + n]) : reduced[i] + reduced[i + n];
    barrier();
  }
  float total = reduced[0];
  barrier();
  return total;
}

void main() {
  int i = int(gl_LocalInvocationID.x);
  int head = int(gl_WorkGroupID.x), t = firstQuery + int(gl_WorkGroupID.y), r = firstRow + int(gl_WorkGroupID.z);
  int nState = nHead * headSize;
  int outBase = (r * nQueries + t) * nState + head * headSize;
  int n = nKeys;
#ifdef ENCODER
  const int keyStride = 3 * nState, keyStart = r * nKeys * keyStride + nState + head * headSize;
#else
  int position = control[r * 4];
  if (control[r * 4 + 3] == 0 || t >= control[r * 4 + 1]) {
    for (int d = i; d < headSize; d += 128) result[outBase + d] = 0.0;
    return;
  }
  const int keyStride = 2 * nState;
#ifdef SELF
  n = position + t + 1;
  const int keyStart = head * headSize;
#else
  const int keyStart = control[r * 4 + 2] * nKeys * keyStride + head * headSize;
#endif
#endif
#ifdef CROSS
  int qBase = outBase;
#else
  int qBase = (r * nQueries + t) * 3 * nState + head * headSize;
#endif
  float scale = inversesqrt(float(headSize));
  for (int d0 = 0; d0 < headSize; d0 += 128) {
    float top = -3.0e38, total = 0.0, sum = 0.0;
    for (int j0 = 0; j0 < n; j0 += 128) {
      int j = j0 + i;
      float score = -3.0e38;
      if (j < n) {
#ifdef SELF
        int cacheRow = j < position ? control[origin + r * nTextCtx + j] : r;
        int at = keyStart + (cacheRow * nTextCtx + j) * keyStride;
#else
        int at = keyStart + j * keyStride;
#endif
        float dotted = 0.0;
        for (int d = 0; d < headSize; d++) dotted += q[qBase + d] * kv[at + d];
        score = dotted * scale;
        keys[i] = at;
      }
      float newTop = max(top, reduce(score, true));
      float weight = j < n ? exp(score - newTop) : 0.0;
      weights[i] = weight;
      float shrink = exp(top - newTop);
      total = total * shrink + reduce(weight, false);
      sum *= shrink;
      top = newTop;
      if (d0 + i < headSize)
        for (int k = 0; k < min(128, n - j0); k++) sum += weights[k] * kv[keys[k] + nState + d0 + i];
      barrier();
    }
    if (d0 + i < headSize) result[outBase + d0 + i] = sum / total;
  }
}
