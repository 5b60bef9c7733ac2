import { addPositionsVariants } from "./add-positions/vulkan.js";
import { cacheWriteVariants } from "./cache-write/vulkan.js";
import { crossAttentionVariants } from "./cross-attention/vulkan.js";
import { embedVariants } from "./embed/vulkan.js";
import { encoderAttentionVariants } from "./encoder-attention/vulkan.js";
import type { KernelTable } from "./kernel.js";
import { layerNormVariants } from "./layer-norm/vulkan.js";
import { linearVariants } from "./linear/vulkan.js";
import { selectRowsVariants } from "./select-rows/vulkan.js";
import { selfAttentionVariants } from "./self-attention/vulkan.js";

/** The Vulkan kernels of all ops. */
export const vulkanKernels: KernelTable = {
  linear: linearVariants,
  layerNorm: layerNormVariants,
  encoderAttention: encoderAttentionVariants,
  addPositions: addPositionsVariants,
  selfAttention: selfAttentionVariants,
  crossAttention: crossAttentionVariants,
  cacheWrite: cacheWriteVariants,
  embed: embedVariants,
  selectRows: selectRowsVariants,
};
