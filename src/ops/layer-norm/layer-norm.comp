#version 450
// One workgroup a row.
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) readonly buffer G { float gamma[]; };
layout(binding = 2) readonly buffer B { float beta[]; };
layout(binding = 3) writeonly buffer Out { float result[]; };
layout(push_constant) uniform P { int nState, firstRow; };
shared float partial[128];
shared float eighths[8];
float total(float value) {
  uint i = gl_LocalInvocationID.x;
  partial[i] = value;
  barrier();
  if (i < 8) {
    for (uint e = i + 8; e < 128; e += 8) value += partial[e];
    eighths[i] = value;
  }
  barrier();
  float sum = 0.0;
  for (int e = 0; e < 8; e++) sum += eighths[e];
  return sum;
}
void main() {
  int base = (firstRow + int(gl_WorkGroupID.x)) * nState, first = int(gl_LocalInvocationID.x);
  float sum = 0.0;
  for (int i = first; i < nState; i += 128) sum += x[base + i];
  float mean = total(sum) / float(nState);
  sum = 0.0;
  for (int i = first; i < nState; i += 128) { float d = x[base + i] - mean; sum += d * d; }
  float scale = 1.0 / sqrt(total(sum) / float(nState) + 1e-5);
  for (int i = first; i < nState; i += 128) result[base + i] = (x[base + i] - mean) * scale * gamma[i] + beta[i];
}
