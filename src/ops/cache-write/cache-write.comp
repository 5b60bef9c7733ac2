#version 450
// One workgroup per (token, row).
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer C { int control[]; };
layout(binding = 1) readonly buffer Q { float qkv[]; };
layout(binding = 2) writeonly buffer K { float cache[]; };
layout(push_constant) uniform P { int nState, nTokens, nTextCtx; };
void main() {
  int t = int(gl_WorkGroupID.x), r = int(gl_WorkGroupID.y);
  if (control[r * 4 + 3] == 0 || t >= control[r * 4 + 1]) return;
  int from = (r * nTokens + t) * 3 * nState + nState, to = (r * nTextCtx + control[r * 4] + t) * 2 * nState;
  for (int i = int(gl_LocalInvocationID.x); i < 2 * nState; i += 128) cache[to + i] = qkv[from + i];
}
