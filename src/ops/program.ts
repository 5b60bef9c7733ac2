import type { Step } from "./index.js";

/** A forward pass as data: steps in order over named tensors. No backend is mentioned here. */
export interface Program {
  readonly name: string;
  readonly steps: readonly Step[];
}
