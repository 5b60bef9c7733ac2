import { attentionDispatches } from "../attention-dispatches.js";
import type { KernelVariant } from "../kernel.js";
import { plainKernel } from "../plain-kernel.js";
import type { EncoderAttentionStep } from "./encoder-attention.js";

export const encoderAttentionVariants: readonly KernelVariant<EncoderAttentionStep>[] = [
  plainKernel((step, context) =>
    attentionDispatches(
      {
        ...{
          shader: "encoder-attention",
          query: step.qkv,
          keysAndValues: step.qkv,
          out: step.out,
          control: null,
        },
        ...{
          nRows: step.nBatch,
          nQueries: step.nPositions,
          nKeys: step.nPositions,
          nTextCtx: 0,
          originOffset: 0,
        },
        ...{ nHead: step.nHead, nState: step.nState },
      },
      context,
    ),
  ),
];
