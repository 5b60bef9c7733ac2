import type { KernelVariant } from "../kernel.js";
import { changes, plainKernel, reads } from "../plain-kernel.js";
import type { CacheWriteStep } from "./cache-write.js";

export const cacheWriteVariants: readonly KernelVariant<CacheWriteStep>[] = [
  plainKernel((step) => [
    {
      shader: "cache-write",
      constants: [],
      buffers: [reads(step.control), reads(step.qkv), changes(step.cache)],
      pushConstants: Int32Array.of(step.nState, step.nTokens, step.nTextCtx),
      groups: [step.nTokens, step.nRows, 1],
      flops: 0,
    },
  ]),
];
