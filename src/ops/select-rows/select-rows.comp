#version 450
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer C { int control[]; };
layout(binding = 1) readonly buffer X { float x[]; };
layout(binding = 2) writeonly buffer Out { float result[]; };
layout(push_constant) uniform P { int nState, select; };
void main() {
  int s = int(gl_WorkGroupID.x), row = control[select + s];
  for (int i = int(gl_LocalInvocationID.x); i < nState; i += 128) result[s * nState + i] = x[row * nState + i];
}
