import { attentionDispatches } from "../attention-dispatches.js";
import type { KernelVariant } from "../kernel.js";
import { plainKernel } from "../plain-kernel.js";
import type { CrossAttentionStep } from "./cross-attention.js";

export const crossAttentionVariants: readonly KernelVariant<CrossAttentionStep>[] = [
  plainKernel((step, context) =>
    attentionDispatches(
      {
        ...{ shader: "cross-attention", query: step.q, keysAndValues: step.cache, out: step.out },
        ...{ control: step.control, nRows: step.nRows, nQueries: step.nTokens, nKeys: step.nPositions },
        ...{ nTextCtx: step.nTextCtx, originOffset: 0, nHead: step.nHead, nState: step.nState },
      },
      context,
    ),
  ),
];
