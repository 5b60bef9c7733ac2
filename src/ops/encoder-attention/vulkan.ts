import { type Attention, attentionDispatches, commonHeadSize } from "../attention-dispatches.js";
import type { KernelVariant } from "../kernel.js";
import { halfPrecision, matrixShape, matrixUnitsUnsupported } from "../matrix-units.js";
import { plainKernel } from "../plain-kernel.js";
import type { EncoderAttentionStep } from "./encoder-attention.js";

const hasCommonHeads = (step: EncoderAttentionStep) => step.nState === step.nHead * commonHeadSize;

const matrixUnits: KernelVariant<EncoderAttentionStep> = {
  name: "matrix units, f16",
  tolerance: halfPrecision,
  unsupported: (device) => matrixUnitsUnsupported(device, 4, 24576),
  suits: hasCommonHeads,
  pays: (_, device) => !device.software,
  dispatches: (step, context) => {
    const { m, n, k } = matrixShape(context.device)!;
    // two subgroups for the same queries keep a large GPU busier; that takes 48 KB of shared memory
    const { subgroupSize, sharedMemorySizeBytes, maxWorkgroupInvocations } = context.device;
    const splits = sharedMemorySizeBytes >= 48640 && 8 * subgroupSize <= maxWorkgroupInvocations ? 2 : 1;
    const constants = [4 * splits * subgroupSize, m, n, k, 32, splits];
    return attentionDispatches(attentionOf(step), context, "encoder-attention-matrix", constants, 64);
  },
};

/** 32 queries a workgroup against 16 keys at a time, or 32 where shared memory allows. */
const tiled: KernelVariant<EncoderAttentionStep> = {
  ...plainKernel((step, context) => {
    const keysEach = context.device.sharedMemorySizeBytes >= 24576 ? 2 : 1;
    return attentionDispatches(attentionOf(step), context, "encoder-attention-tiled", [keysEach], 32);
  }),
  name: "tiles of 32 queries",
  suits: hasCommonHeads,
};

const plain = plainKernel<EncoderAttentionStep>((step, context) =>
  attentionDispatches(attentionOf(step), context, "encoder-attention"),
);

export const encoderAttentionVariants: readonly KernelVariant<EncoderAttentionStep>[] = [
  matrixUnits,
  tiled,
  plain,
];

function attentionOf(step: EncoderAttentionStep): Attention {
  return {
    ...{ query: step.qkv, keysAndValues: step.qkv, out: step.out, control: null },
    ...{ nRows: step.nBatch, nQueries: step.nPositions, nKeys: step.nPositions },
    ...{ nTextCtx: 0, originOffset: 0, nHead: step.nHead, nState: step.nState },
  };
}
