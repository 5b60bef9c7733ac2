// One task of each op: addresses and ranges are computed here, the arithmetic runs in WebAssembly.

/** @typedef {import("./steps.js").CpuStep} CpuStep */

/**
 * @param {any} kernels
 * @param {WebAssembly.Memory} memory
 * @param {number} work address of this thread's own memory
 * @param {CpuStep} step
 * @param {number} task
 */
export function runTask(kernels, memory, work, step, task) {
  const a = step.addresses;
  switch (step.op) {
    case "linear": {
      const { x, out } = step.layouts;
      const start = task * step.block;
      kernels.linearColumns(
        ...[a.x, a.weight, step.half, a.bias, a.out, step.nBatch, step.nRows, step.nIn],
        ...[start, Math.min(step.nOut, start + step.block)],
        ...[x.batchStride, x.rowStride, x.offset, x.batchExtent],
        ...[out.batchStride, out.rowStride, out.offset, step.gelu, step.accumulate, work],
      );
      return;
    }
    case "layerNorm": {
      const start = task * step.block;
      kernels.layerNormRows(
        a.x,
        a.gamma,
        a.beta,
        a.out,
        step.nState,
        start,
        Math.min(step.nRows, start + step.block),
      );
      return;
    }
    case "addPositions":
      kernels.addRows(a.x + task * step.nValues * 4, a.positions, step.nValues);
      return;
    case "encoderAttention": {
      const { nState, nPositions, nHead } = step;
      const headSize = nState / nHead;
      const head = Math.floor(task / step.nSplits) % nHead;
      const batch = Math.floor(task / step.nSplits / nHead);
      const split = task % step.nSplits;
      const block = Math.ceil(nPositions / step.nSplits);
      const q = a.qkv + (batch * nPositions * 3 * nState + head * headSize) * 4;
      const out = a.out + (batch * nPositions * nState + head * headSize) * 4;
      const end = Math.min(nPositions, (split + 1) * block);
      const sizes = [nPositions, headSize, split * block, end, work];
      kernels.encoderAttentionHead(q, q + nState * 4, q + nState * 8, 3 * nState, out, nState, ...sizes);
      return;
    }
    default:
      runDecoderTask(kernels, memory, work, step, task);
  }
}

/**
 * Ops that read the control buffer.
 * @param {any} kernels
 * @param {WebAssembly.Memory} memory
 * @param {number} work
 * @param {import("./steps.js").CpuControlStep} step
 * @param {number} task
 */
function runDecoderTask(kernels, memory, work, step, task) {
  const { nTokens, nTextCtx, nState, addresses: a } = step;
  const control = new Int32Array(memory.buffer, a.control, step.nControl);
  const bytes = new Uint8Array(memory.buffer);
  if (step.op === "selectRows") {
    const from = a.x + /** @type {number} */ (control[step.offsets.select + task]) * nState * 4;
    bytes.copyWithin(a.out + task * nState * 4, from, from + nState * 4);
    return;
  }
  const { nGroups, nHead } = step;
  const row = Math.floor(task / nGroups);
  const r = Math.floor(row / nTokens);
  const t = row % nTokens;
  const [position, length, audio, active] = /** @type {[number, number, number, number]} */ (
    /** @type {unknown} */ (control.subarray(r * 4, r * 4 + 4))
  );
  const real = active !== 0 && t < length;
  if (step.op === "cacheWrite") {
    if (!real) return;
    const from = a.qkv + (row * 3 + 1) * nState * 4;
    bytes.copyWithin(a.cache + (r * nTextCtx + position + t) * nState * 8, from, from + nState * 8);
    return;
  }
  const headSize = nState / nHead;
  const headsPerGroup = Math.ceil(nHead / nGroups);
  const head = (task % nGroups) * headsPerGroup;
  const nHeads = Math.min(headsPerGroup, nHead - head);
  const out = a.out + (row * nState + head * headSize) * 4;
  if (!real) {
    bytes.fill(0, out, out + nHeads * headSize * 4);
    return;
  }
  if (step.op === "embed") {
    const token = /** @type {number} */ (control[step.offsets.tokens + row]);
    const embedding = a.tokenEmbedding + token * nState * (step.half ? 2 : 4);
    kernels.embedRow(embedding, step.half, a.positionEmbedding + (position + t) * nState * 4, out, nState);
  } else if (step.op === "crossAttention") {
    const kv = a.cache + (audio * step.nPositions * 2 * nState + head * headSize) * 4;
    const q = a.q + (row * nState + head * headSize) * 4;
    const sizes = [nState, step.nPositions, nHeads, headSize];
    kernels.cachedAttentionHeads(q, kv, 0, 2 * nState, ...sizes, out, work);
  } else {
    const nKeys = position + t + 1;
    const scores = work + ((nKeys + 7) & ~3) * 4;
    const keys = new Uint32Array(memory.buffer, work, nKeys);
    const origin = step.offsets.origin + r * nTextCtx;
    for (let j = 0; j < nKeys; j++) {
      const cacheRow = j < position ? /** @type {number} */ (control[origin + j]) : r;
      keys[j] = a.cache + ((cacheRow * nTextCtx + j) * 2 * nState + head * headSize) * 4;
    }
    const q = a.qkv + (row * 3 * nState + head * headSize) * 4;
    kernels.cachedAttentionHeads(q, 0, work, 0, nState, nKeys, nHeads, headSize, out, scores);
  }
}
