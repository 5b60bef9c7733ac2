import { attentionDispatches } from "../attention-dispatches.js";
import { controlOffsets } from "../control.js";
import type { KernelVariant } from "../kernel.js";
import { plainKernel } from "../plain-kernel.js";
import type { SelfAttentionStep } from "./self-attention.js";

export const selfAttentionVariants: readonly KernelVariant<SelfAttentionStep>[] = [
  plainKernel((step, context) =>
    attentionDispatches(
      {
        ...{ shader: "self-attention", query: step.qkv, keysAndValues: step.cache, out: step.out },
        ...{ control: step.control, nRows: step.nRows, nQueries: step.nTokens, nKeys: step.nTextCtx },
        ...{ nTextCtx: step.nTextCtx, originOffset: controlOffsets(step).origin },
        ...{ nHead: step.nHead, nState: step.nState },
      },
      context,
    ),
  ),
];
