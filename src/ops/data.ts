import type { Tensor } from "./tensor.js";

/** Values of tensors for the f64 references: f32 and f16 tensors as Float64Array, i32 as Int32Array. */
export interface ReferenceData {
  floats(tensor: Tensor): Float64Array;
  ints(tensor: Tensor): Int32Array;
}
