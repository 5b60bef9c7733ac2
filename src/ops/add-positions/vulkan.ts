import type { KernelVariant } from "../kernel.js";
import { changes, plainKernel, reads } from "../plain-kernel.js";
import type { AddPositionsStep } from "./add-positions.js";

export const addPositionsVariants: readonly KernelVariant<AddPositionsStep>[] = [
  plainKernel((step) => [
    {
      shader: "add-positions",
      constants: [],
      buffers: [changes(step.x), reads(step.positions)],
      pushConstants: Int32Array.of(step.nState, step.nPositions),
      groups: [step.nPositions, step.nBatch, 1],
      flops: step.nBatch * step.nPositions * step.nState,
    },
  ]),
];
