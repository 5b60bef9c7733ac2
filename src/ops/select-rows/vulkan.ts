import { controlOffsets } from "../control.js";
import type { KernelVariant } from "../kernel.js";
import { plainKernel, reads, writes } from "../plain-kernel.js";
import type { SelectRowsStep } from "./select-rows.js";

export const selectRowsVariants: readonly KernelVariant<SelectRowsStep>[] = [
  plainKernel((step) => [
    {
      shader: "select-rows",
      constants: [],
      buffers: [reads(step.control), reads(step.x), writes(step.out)],
      pushConstants: Int32Array.of(step.nState, controlOffsets(step).select),
      groups: [step.nSelect, 1, 1],
      flops: 0,
    },
  ]),
];
