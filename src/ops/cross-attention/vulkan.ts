import {
  type Attention,
  attentionDispatches,
  commonHeadSize,
  decoderThreads,
  maxKeysAtOnce,
} from "../attention-dispatches.js";
import type { KernelVariant } from "../kernel.js";
import { plainKernel } from "../plain-kernel.js";
import type { CrossAttentionStep } from "./cross-attention.js";

const allAtOnce: KernelVariant<CrossAttentionStep> = {
  ...plainKernel((step, context) =>
    attentionDispatches(attentionOf(step), context, "cross-attention-one", [decoderThreads(context.device)]),
  ),
  name: "all keys at once",
  suits: (step) => step.nState === step.nHead * commonHeadSize && step.nPositions <= maxKeysAtOnce,
};

const plain = plainKernel<CrossAttentionStep>((step, context) =>
  attentionDispatches(attentionOf(step), context, "cross-attention"),
);

export const crossAttentionVariants: readonly KernelVariant<CrossAttentionStep>[] = [allAtOnce, plain];

function attentionOf(step: CrossAttentionStep): Attention {
  return {
    ...{ query: step.q, keysAndValues: step.cache, out: step.out, control: step.control },
    ...{ nRows: step.nRows, nQueries: step.nTokens, nKeys: step.nPositions },
    ...{ nTextCtx: step.nTextCtx, originOffset: 0, nHead: step.nHead, nState: step.nState },
  };
}
