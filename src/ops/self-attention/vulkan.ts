import {
  type Attention,
  attentionDispatches,
  commonHeadSize,
  decoderThreads,
  maxKeysAtOnce,
} from "../attention-dispatches.js";
import { controlOffsets } from "../control.js";
import type { KernelVariant } from "../kernel.js";
import { plainKernel } from "../plain-kernel.js";
import type { SelfAttentionStep } from "./self-attention.js";

const allAtOnce: KernelVariant<SelfAttentionStep> = {
  ...plainKernel((step, context) =>
    attentionDispatches(attentionOf(step), context, "self-attention-one", [decoderThreads(context.device)]),
  ),
  name: "all keys at once",
  suits: (step) => step.nState === step.nHead * commonHeadSize && step.nTextCtx <= maxKeysAtOnce,
};

const plain = plainKernel<SelfAttentionStep>((step, context) =>
  attentionDispatches(attentionOf(step), context, "self-attention"),
);

export const selfAttentionVariants: readonly KernelVariant<SelfAttentionStep>[] = [allAtOnce, plain];

function attentionOf(step: SelfAttentionStep): Attention {
  return {
    ...{ query: step.qkv, keysAndValues: step.cache, out: step.out, control: step.control },
    ...{ nRows: step.nRows, nQueries: step.nTokens, nKeys: step.nTextCtx },
    ...{ nTextCtx: step.nTextCtx, originOffset: controlOffsets(step).origin },
    ...{ nHead: step.nHead, nState: step.nState },
  };
}
