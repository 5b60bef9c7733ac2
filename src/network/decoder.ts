import type { ModelDimensions } from "../model/dimensions.js";
import { type ControlLayout, controlOffsets } from "../ops/control.js";
import type { Step } from "../ops/index.js";
import type { Program } from "../ops/program.js";
import type { Tensor } from "../ops/tensor.js";
import { crossCache, dense, norm } from "./encoder.js";
import { scratch, type Weights } from "./tensors.js";

/** The shape of a decoder program: rows, tokens per row, rows whose logits are needed, windows held. */
export interface DecoderShape {
  readonly nRows: number;
  readonly nTokens: number;
  readonly nSelect: number;
  /** Windows in the cross-attention caches. */
  readonly nAudio: number;
}

export function controlLayout(dimensions: ModelDimensions, shape: DecoderShape): ControlLayout {
  return { nRows: shape.nRows, nTokens: shape.nTokens, nTextCtx: dimensions.nTextCtx };
}

/** The control buffer of one decoder shape (layout in ops/control.ts). */
export function controlInput(dimensions: ModelDimensions, shape: DecoderShape): Tensor {
  const { total } = controlOffsets(controlLayout(dimensions, shape));
  const name = `control.${shape.nRows}x${shape.nTokens}`;
  return { name, shape: [total], type: "i32", role: "input", heat: "token" };
}

/** (nSelect, nVocab) f32. */
export function logitsOutput(dimensions: ModelDimensions, shape: DecoderShape): Tensor {
  const tensorShape = [shape.nSelect, dimensions.nVocab];
  return { name: `logits.${shape.nSelect}`, shape: tensorShape, type: "f32", role: "output", heat: "token" };
}

/** Per layer (nRows, nTextCtx, 2 * nState): self-attention keys and values of what was decoded so far. */
export function selfCache(dimensions: ModelDimensions, nRows: number, layer: number): Tensor {
  const shape = [nRows, dimensions.nTextCtx, 2 * dimensions.nTextState];
  return { name: `self.${layer}`, shape, type: "f32", role: "state", heat: "token" };
}

/** The decoder over nTokens tokens of nRows sequences: a prompt, a step, a batch or beams. */
export function decoderProgram(dimensions: ModelDimensions, weights: Weights, shape: DecoderShape): Program {
  const { nTextState: nState, nTextHead: nHead, nVocab, nAudioCtx } = dimensions;
  const { nRows, nTokens, nSelect, nAudio } = shape;
  const layout = controlLayout(dimensions, shape);
  const control = controlInput(dimensions, shape);
  const n = nRows * nTokens;
  const x = scratch("x", [n, nState]);
  const normed = scratch("normed", [n, nState]);
  const qkv = scratch("qkv", [n, 3 * nState]);
  const query = scratch("query", [n, nState]);
  const attended = scratch("attended", [n, nState]);
  const hidden = scratch("hidden", [n, 4 * nState]);
  const selected = scratch("selected", [nSelect, nState]);
  const selectedNormed = scratch("selected.normed", [nSelect, nState]);
  const { tokenEmbedding, textPositions: positionEmbedding } = weights;

  const steps: Step[] = [
    { op: "embed", ...layout, control, tokenEmbedding, positionEmbedding, out: x, nState },
  ];
  weights.decoder.forEach((block, layer) => {
    const cache = selfCache(dimensions, nRows, layer);
    const cross = crossCache(dimensions, nAudio, layer);
    steps.push(norm(x, block.attentionNorm, normed, n, nState));
    steps.push(dense(normed, block.qkv, block.qkvBias, qkv, n, nState, 3 * nState));
    steps.push({ op: "cacheWrite", ...layout, control, qkv, cache, nState });
    steps.push({ op: "selfAttention", ...layout, control, qkv, cache, out: attended, nState, nHead });
    steps.push(dense(attended, block.out, block.outBias, x, n, nState, nState, { accumulate: true }));
    steps.push(norm(x, block.crossNorm, normed, n, nState));
    steps.push(dense(normed, block.crossQuery, block.crossQueryBias, query, n, nState, nState));
    steps.push({
      op: "crossAttention",
      ...layout,
      control,
      q: query,
      cache: cross,
      out: attended,
      nPositions: nAudioCtx,
      nState,
      nHead,
    });
    steps.push(
      dense(attended, block.crossOut, block.crossOutBias, x, n, nState, nState, { accumulate: true }),
    );
    steps.push(norm(x, block.mlpNorm, normed, n, nState));
    steps.push(dense(normed, block.mlp0, block.mlp0Bias, hidden, n, nState, 4 * nState, { gelu: true }));
    steps.push(dense(hidden, block.mlp2, block.mlp2Bias, x, n, 4 * nState, nState, { accumulate: true }));
  });
  steps.push({ op: "selectRows", ...layout, control, x, out: selected, nSelect, nState });
  steps.push(norm(selected, weights.decoderNorm, selectedNormed, nSelect, nState));
  const logits = logitsOutput(dimensions, shape);
  steps.push(dense(selectedNormed, tokenEmbedding, null, logits, nSelect, nState, nVocab));
  return { name: `decoder, ${nRows} x ${nTokens}`, steps };
}
