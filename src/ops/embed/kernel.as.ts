import { halfToFloat } from "../simd.as";

/** out[i] = embedding[i] + position[i] for one token; embedding: address of its row, f32 or f16. */
export function embedRow(embedding: usize, half: i32, position: usize, out: usize, nState: i32): void {
  for (let i = 0; i < nState; i++) {
    const value = half ? halfToFloat(load<u16>(embedding + (<usize>i << 1))) : load<f32>(embedding + (<usize>i << 2));
    store<f32>(out + (<usize>i << 2), value + load<f32>(position + (<usize>i << 2)));
  }
}
