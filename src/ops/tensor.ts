/** How elements are stored. f16 is read only (weights); all arithmetic accumulates in f32. */
export type ElementType = "f32" | "f16" | "i32";

/**
 * What a tensor is for; decides where it lives and how long.
 * weight: read only, comes from the model file. state: kept between runs (key/value caches).
 * scratch: valid within one run, shares bytes with others. input: written by the host before a run,
 * output: read by the host after it.
 */
export type Role = "weight" | "state" | "scratch" | "input" | "output";

/** How often a tensor is read: for every token, for every 30 s window, or once. */
export type Heat = "token" | "window" | "once";

/**
 * A named block of numbers, row-major, outermost dimension first. Identity is the name: two programs that
 * name the same weight or state share its memory.
 */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly role: Role;
  readonly heat: Heat;
}

export function elementCount(tensor: Tensor): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

export const elementSizeBytes: Readonly<Record<ElementType, number>> = { f32: 4, f16: 2, i32: 4 };

/** Bytes a tensor takes, rounded up to whole 32-bit words, since kernels read f16 in pairs. */
export function tensorSizeBytes(tensor: Tensor): number {
  return Math.ceil((elementCount(tensor) * elementSizeBytes[tensor.type]) / 4) * 4;
}
