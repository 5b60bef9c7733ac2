import { controlOffsets } from "../control.js";
import type { KernelVariant } from "../kernel.js";
import { changes, plainKernel, reads } from "../plain-kernel.js";
import type { EmbedStep } from "./embed.js";

export const embedVariants: readonly KernelVariant<EmbedStep>[] = [
  plainKernel((step, context) =>
    context.parts(step.tokenEmbedding).map((part) => ({
      shader: `embed-${step.tokenEmbedding.type}`,
      constants: [],
      buffers: [
        reads(step.control),
        reads(step.tokenEmbedding, part.index),
        reads(step.positionEmbedding),
        changes(step.out), // each part writes its own rows only
      ],
      pushConstants: Int32Array.of(
        step.nState,
        step.nTokens,
        controlOffsets(step).tokens,
        part.firstRow,
        part.nRows,
      ),
      groups: [step.nTokens, step.nRows, 1] as const,
      flops: step.nRows * step.nTokens * step.nState,
    })),
  ),
];
