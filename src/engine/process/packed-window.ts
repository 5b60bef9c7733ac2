import type { WindowJob } from "../../whisper/index.js";

/** An array without the equal values at its end: what is after a short recording is most of its window. */
export interface PackedArray {
  readonly head: Float32Array;
  /** Follows the head, up to `length`. */
  readonly rest: number;
  readonly length: number;
}

/** A window on its way to another process. */
export interface PackedWindow extends Omit<WindowJob, "mel" | "toDetectFrom"> {
  readonly mel: PackedArray;
  readonly toDetectFrom: PackedArray | null;
}

/** historyTokens: the most that the model can use. */
export function packWindow(job: WindowJob, historyTokens: number): PackedWindow {
  const { mel, toDetectFrom, history } = job;
  return {
    ...job,
    mel: packArray(mel),
    toDetectFrom: toDetectFrom && packArray(toDetectFrom),
    history: history.slice(-historyTokens),
  };
}

export function unpackWindow(packed: PackedWindow): WindowJob {
  const { mel, toDetectFrom } = packed;
  return { ...packed, mel: unpackArray(mel), toDetectFrom: toDetectFrom && unpackArray(toDetectFrom) };
}

function packArray(values: Float32Array): PackedArray {
  const rest = values.at(-1) ?? 0;
  // compares bits: -0 is not 0, and comparing numbers would take longer than sending them
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const restBits = bits.at(-1);
  let end = bits.length;
  while (end > 0 && bits[end - 1] === restBits) end--;
  return { head: values.subarray(0, end), rest, length: values.length };
}

function unpackArray({ head, rest, length }: PackedArray): Float32Array {
  const values = new Float32Array(length).fill(rest, head.length);
  values.set(head);
  return values;
}
