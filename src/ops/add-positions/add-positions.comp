#version 450
// One workgroup per (position, batch).
layout(local_size_x = 128) in;
layout(binding = 0) buffer X { float x[]; };
layout(binding = 1) readonly buffer Y { float positions[]; };
layout(push_constant) uniform P { int nState, nPositions; };
void main() {
  int p = int(gl_WorkGroupID.x), b = int(gl_WorkGroupID.y);
  for (int i = int(gl_LocalInvocationID.x); i < nState; i += 128)
    x[(b * nPositions + p) * nState + i] += positions[p * nState + i];
}
