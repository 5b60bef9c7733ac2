#version 450
// Decoder attention over heads of 64: one workgroup per (head, query, row), and at most maxKeys keys, whose
// scores all stay in shared memory. Four threads share a key's score, sixteen a value's elements, so that
// neighbours read neighbouring memory.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const int threads = 128;
layout(binding = 0) readonly buffer Q { vec4 q[]; };
layout(binding = 1) readonly buffer KV { vec4 kv[]; };
layout(binding = 2) writeonly buffer Out { float result[]; };
layout(binding = 3) readonly buffer Control { int control[]; };
layout(push_constant) uniform P {
  int nHead, headSize, nQueries, nKeys, nTextCtx, origin, firstQuery, firstRow;
};
const int maxKeys = 1536, quads = 16, keysEach = 4;
shared float scores[maxKeys];
shared vec4 partial[threads];

// Sum or maximum over the workgroup.
float reduce(float value, bool largest) {
  int i = int(gl_LocalInvocationID.x);
  partial[i].x = value;
  barrier();
  if (i < 16)
    for (int e = i + 16; e < threads; e += 16) value = largest ? max(value, partial[e].x) : value + partial[e].x;
  if (i < 16) partial[i].y = value;
  barrier();
  for (int e = 0; e < 16; e++) {
    if (e == 0) value = partial[0].y;
    else value = largest ? max(value, partial[e].y) : value + partial[e].y;
  }
  barrier();
  return value;
}

void main() {
  int i = int(gl_LocalInvocationID.x);
  int head = int(gl_WorkGroupID.x), t = firstQuery + int(gl_WorkGroupID.y), r = firstRow + int(gl_WorkGroupID.z);
  int out0 = ((r * nQueries + t) * nHead + head) * 64;
  if (control[r * 4 + 3] == 0 || t >= control[r * 4 + 1]) {
    if (i < 64) result[out0 + i] = 0.0;
    return;
  }
  const int keyStride = 2 * nHead * quads;
#ifdef SELF
  int position = control[r * 4], n = position + t + 1;
  int query = (r * nQueries + t) * 3 * nHead * quads + head * quads;
  #define keyAt(j) (((j < position ? control[origin + r * nTextCtx + j] : r) * nTextCtx + j) * keyStride + head * quads)
#else
  int n = nKeys, first = control[r * 4 + 2] * nKeys * keyStride + head * quads;
  int query = ((r * nQueries + t) * nHead + head) * quads;
  #define keyAt(j) (first + (j) * keyStride)
#endif
  int lane = i & 3;
  vec4 x[4];
  for (int e = 0; e < 4; e++) x[e] = 0.125 * q[query + 4 * e + lane];
  float top = -3.0e38;
  for (int j0 = 0; j0 < n; j0 += threads) {
    vec4 dots = vec4(0.0);
    for (int u = 0; u < keysEach; u++) {
      int j = j0 + u * (threads / 4) + (i >> 2);
      if (j >= n) continue;
      int at = keyAt(j);
      for (int e = 0; e < 4; e++) dots[u] += dot(x[e], kv[at + 4 * e + lane]);
    }
    // the parts of one key side by side: thread i sums those of key j0 + i
    for (int u = 0; u < keysEach; u++) partial[u * (threads / 4) + (i >> 2)][lane] = dots[u];
    barrier();
    if (j0 + i < n) {
      float score = dot(partial[i], vec4(1.0));
      scores[j0 + i] = score;
      top = max(top, score);
    }
    barrier();
  }
  top = reduce(top, true);
  float total = 0.0;
  for (int j = i; j < n; j += threads) {
    float weight = exp(scores[j] - top);
    scores[j] = weight;
    total += weight;
  }
  total = reduce(total, false);
  vec4 sum = vec4(0.0);
  for (int j = i >> 4; j < n; j += threads / 16) sum += scores[j] * kv[keyAt(j) + nHead * quads + (i & 15)];
  partial[i] = sum;
  barrier();
  if (i < 64) {
    float value = 0.0;
    for (int g = 0; g < threads / 16; g++) value += partial[g * 16 + (i >> 2)][i & 3];
    result[out0 + i] = value / total;
  }
}
