#version 450
// One workgroup per (token, row), for the tokens that lie in this part; part 0 also zeroes the padding.
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer C { int control[]; };
#ifdef HALF
layout(binding = 1) readonly buffer W { uint w[]; };
float weightAt(int i) { vec2 pair = unpackHalf2x16(w[i >> 1]); return (i & 1) == 0 ? pair.x : pair.y; }
#else
layout(binding = 1) readonly buffer W { float w[]; };
float weightAt(int i) { return w[i]; }
#endif
layout(binding = 2) readonly buffer Y { float positions[]; };
layout(binding = 3) writeonly buffer Out { float result[]; };
layout(push_constant) uniform P { int nState, nTokens, tokens, firstToken, nPartTokens; };
void main() {
  int t = int(gl_WorkGroupID.x), r = int(gl_WorkGroupID.y);
  int base = (r * nTokens + t) * nState;
  bool padding = control[r * 4 + 3] == 0 || t >= control[r * 4 + 1];
  int token = control[tokens + r * nTokens + t] - firstToken;
  if (padding ? firstToken != 0 : token < 0 || token >= nPartTokens) return;
  for (int i = int(gl_LocalInvocationID.x); i < nState; i += 128)
    result[base + i] = padding ? 0.0 : weightAt(token * nState + i) + positions[(control[r * 4] + t) * nState + i];
}
