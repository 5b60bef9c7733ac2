// Entry of the WebAssembly kernels: one export an op, over shared memory. All addresses are in bytes.
export { linearColumns } from "../../ops/linear/kernel.as";
export { layerNormRows } from "../../ops/layer-norm/kernel.as";
export { encoderAttentionHead } from "../../ops/encoder-attention/kernel.as";
export { cachedAttentionHeads } from "../../ops/cross-attention/kernel.as";
export { addRows } from "../../ops/add-positions/kernel.as";
export { embedRow } from "../../ops/embed/kernel.as";
