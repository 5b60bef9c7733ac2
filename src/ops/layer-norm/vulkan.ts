import type { KernelVariant } from "../kernel.js";
import { maxGroups, plainKernel, reads, runs, writes } from "../plain-kernel.js";
import type { LayerNormStep } from "./layer-norm.js";

export const layerNormVariants: readonly KernelVariant<LayerNormStep>[] = [
  plainKernel((step, context) =>
    runs(step.nRows, Math.min(maxGroups, context.maxFlopsPerDispatch / (8 * step.nState))).map(
      ([first, count]) => ({
        shader: "layer-norm",
        constants: [],
        buffers: [reads(step.x), reads(step.gamma), reads(step.beta), writes(step.out)],
        pushConstants: Int32Array.of(step.nState, first),
        groups: [count, 1, 1] as const,
        flops: 8 * step.nState * count,
      }),
    ),
  ),
];
