import type { OpCase } from "../ops/cases.js";
import { floatToHalf, halfToFloat } from "../ops/half.js";
import { runReference, stepTensors } from "../ops/index.js";
import { elementCount, type Tensor, tensorSizeBytes } from "../ops/tensor.js";
import type { Backend } from "./backend.js";

/** Largest error seen, relative to the largest value of the output (f32 kernels: well under 1e-5). */
export interface CaseResult {
  readonly relativeError: number;
  /** The first element that is off, in words, or null if all are within tolerance. */
  readonly mismatch: string | null;
}

/** Runs one case on a backend with random contents in every tensor, and compares everything that it may have written. */
export async function checkCase(backend: Backend, opCase: OpCase, tolerance = 1e-5): Promise<CaseResult> {
  const { reads, writes } = stepTensors(opCase.step);
  const tensors = [...new Map([...reads, ...writes].map((t) => [t.name, t])).values()];
  const expected = new Map(tensors.map((t) => [t.name, fill(t, opCase)]));
  const program = { name: opCase.name, steps: [opCase.step] };
  const storage = await backend.allocate(backend.manifest([program]));
  try {
    const executable = await backend.compile(program, storage);
    for (const tensor of tensors) await storage.write(tensor, 0, encode(tensor, expected.get(tensor.name)!));
    await executable.run();
    runReference(opCase.step, {
      floats: (t) => expected.get(t.name) as Float64Array,
      ints: (t) => expected.get(t.name) as Int32Array,
    });
    let worst = 0;
    let mismatch: string | null = null;
    for (const tensor of tensors.filter((t) => t.type === "f32")) {
      const bytes = new Uint8Array(tensorSizeBytes(tensor));
      await storage.read(tensor, 0, bytes);
      const actual = new Float32Array(bytes.buffer);
      const wanted = expected.get(tensor.name) as Float64Array;
      const scale = wanted.reduce((max, x) => Math.max(max, Math.abs(x)), 1e-3);
      wanted.forEach((value, i) => {
        const error = Math.abs(actual[i]! - value) / scale;
        worst = Number.isNaN(error) ? Number.NaN : Math.max(worst, error);
        if (!(error <= tolerance)) mismatch ??= `${tensor.name}[${i}] is ${actual[i]}, expected ${value}`;
      });
    }
    executable.dispose();
    return { relativeError: worst, mismatch };
  } finally {
    await storage.dispose();
  }
}

/** Random contents in [-1, 1), the same for the same tensor name and size; exact in the tensor's own type. */
function fill(tensor: Tensor, opCase: OpCase): Float64Array | Int32Array {
  if (tensor.type === "i32") return Int32Array.from(opCase.control!);
  const values = new Float64Array(elementCount(tensor));
  let state = [...tensor.name].reduce((hash, c) => (hash * 31 + c.charCodeAt(0)) >>> 0, 7);
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = state / 2 ** 31 - 1;
    values[i] = tensor.type === "f16" ? halfToFloat(floatToHalf(value)) : Math.fround(value);
  }
  return values;
}

function encode(tensor: Tensor, values: Float64Array | Int32Array): Uint8Array {
  if (tensor.type === "i32") return new Uint8Array(Int32Array.from(values).buffer);
  if (tensor.type === "f32") return new Uint8Array(Float32Array.from(values).buffer);
  const bytes = new Uint8Array(tensorSizeBytes(tensor));
  new Uint16Array(bytes.buffer).set(Array.from(values as Float64Array, floatToHalf));
  return bytes;
}
