import { runReference, type Step, stepTensors } from "../../../../ops/index.js";
import { elementCount, type Tensor, tensorSizeBytes } from "../../../../ops/tensor.js";
import { Contents } from "./contents.js";

/** What a step wrote into one tensor. */
export interface Written {
  readonly tensor: Tensor;
  readonly pieces: readonly { readonly offsetBytes: number; readonly bytes: Buffer }[];
  /** Where it wrote all of it. */
  readonly whole: Contents | null;
}

/** A NaN that comes from no f32 and no arithmetic: it marks elements that a step leaves as they are. */
const [untouchedLow, untouchedHigh] = [0x5eed5eed, 0x7ff85eed];

/** Computes a step by the op's f64 reference; results are rounded to f32, as which all that is written is stored. */
export function outcomeOf(step: Step, reads: ReadonlyMap<string, Contents>): readonly Written[] {
  const { reads: read, writes: written } = stepTensors(step);
  const values = new Map(read.map((tensor) => [tensor.name, reads.get(tensor.name)!.values(tensor)]));
  for (const tensor of written)
    if (!values.has(tensor.name)) values.set(tensor.name, markedUntouched(tensor));
  runReference(step, {
    floats: ({ name }) => values.get(name) as Float64Array,
    ints: ({ name }) => values.get(name) as Int32Array,
  });
  return written.map((tensor) => writtenInto(tensor, values.get(tensor.name) as Float64Array));
}

function markedUntouched(tensor: Tensor): Float64Array {
  const values = new Float64Array(elementCount(tensor));
  const words = new Uint32Array(values.buffer);
  for (let i = 0; i < words.length; i += 2) {
    words[i] = untouchedLow;
    words[i + 1] = untouchedHigh;
  }
  return values;
}

function writtenInto(tensor: Tensor, values: Float64Array): Written {
  const words = new Uint32Array(values.buffer);
  const isUntouched = (i: number) => words[2 * i] === untouchedLow && words[2 * i + 1] === untouchedHigh;
  const rounded = Buffer.from(new Float32Array(values).buffer);
  const pieces: { offsetBytes: number; bytes: Buffer }[] = [];
  for (let end = 0, start = 0; start < values.length; start = end + 1) {
    for (end = start; end < values.length && !isUntouched(end); ) end++;
    // a copy, so that a small piece doesn't hold a large tensor
    if (end > start)
      pieces.push({ offsetBytes: start * 4, bytes: Buffer.from(rounded.subarray(start * 4, end * 4)) });
  }
  const isWhole = pieces[0]?.bytes.length === tensorSizeBytes(tensor);
  return { tensor, pieces, whole: isWhole ? new Contents(pieces[0]!.bytes) : null };
}
