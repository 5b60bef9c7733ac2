import type { ModelDimensions } from "../model/dimensions.js";
import type { ElementType, Heat, Tensor } from "../ops/tensor.js";

export interface Norm {
  readonly gamma: Tensor;
  readonly beta: Tensor;
}

/** What encoder and decoder blocks share. qkv stacks query, key and value rows: (3 * nState, nState). */
export interface Block {
  readonly attentionNorm: Norm;
  readonly qkv: Tensor;
  readonly qkvBias: Tensor;
  readonly out: Tensor;
  readonly outBias: Tensor;
  readonly mlpNorm: Norm;
  readonly mlp0: Tensor;
  readonly mlp0Bias: Tensor;
  readonly mlp2: Tensor;
  readonly mlp2Bias: Tensor;
}

export interface DecoderBlock extends Block {
  readonly crossNorm: Norm;
  readonly crossQuery: Tensor;
  readonly crossQueryBias: Tensor;
  /** Key and value rows stacked: (2 * nState, nAudioState). Read once a window. */
  readonly crossKv: Tensor;
  readonly crossKvBias: Tensor;
  readonly crossOut: Tensor;
  readonly crossOutBias: Tensor;
}

/** All weight tensors of a model, as the programs see them. */
export interface Weights {
  readonly conv1: Tensor;
  readonly conv1Bias: Tensor;
  readonly conv2: Tensor;
  readonly conv2Bias: Tensor;
  readonly audioPositions: Tensor;
  readonly encoder: readonly Block[];
  readonly encoderNorm: Norm;
  readonly tokenEmbedding: Tensor;
  readonly textPositions: Tensor;
  readonly decoder: readonly DecoderBlock[];
  readonly decoderNorm: Norm;
}

/**
 * Where a weight's bytes come from: file tensors stacked along the outer rows (null: zeros, for the key bias
 * Whisper does not have), and for the convolutions their taps moved outward: (nOut, nIn, 3) -> (nOut, 3, nIn).
 */
export interface WeightSource {
  readonly tensor: Tensor;
  readonly parts: readonly (string | null)[];
  readonly layout: "as stored" | "taps outward";
}

/** Names every weight once: the tensors for the programs and where each comes from in the file. */
export function describeWeights(
  dimensions: ModelDimensions,
  matrixType: "f32" | "f16",
): { readonly weights: Weights; readonly sources: readonly WeightSource[] } {
  const { nAudioState, nTextState, nMels, nAudioCtx, nTextCtx, nVocab } = dimensions;
  const sources: WeightSource[] = [];
  const add = (
    name: string,
    shape: readonly number[],
    type: ElementType,
    heat: Heat,
    parts: readonly (string | null)[] = [name],
    layout: WeightSource["layout"] = "as stored",
  ): Tensor => {
    const tensor: Tensor = { name, shape, type, role: "weight", heat };
    sources.push({ tensor, parts, layout });
    return tensor;
  };
  const norm = (name: string, n: number, heat: Heat): Norm => ({
    gamma: add(`${name}.weight`, [n], "f32", heat),
    beta: add(`${name}.bias`, [n], "f32", heat),
  });
  const block = (prefix: string, n: number, heat: Heat): Block => ({
    attentionNorm: norm(`${prefix}.attn_ln`, n, heat),
    qkv: add(`${prefix}.attn.qkv.weight`, [3 * n, n], matrixType, heat, [
      `${prefix}.attn.query.weight`,
      `${prefix}.attn.key.weight`,
      `${prefix}.attn.value.weight`,
    ]),
    qkvBias: add(`${prefix}.attn.qkv.bias`, [3 * n], "f32", heat, [
      `${prefix}.attn.query.bias`,
      null,
      `${prefix}.attn.value.bias`,
    ]),
    out: add(`${prefix}.attn.out.weight`, [n, n], matrixType, heat),
    outBias: add(`${prefix}.attn.out.bias`, [n], "f32", heat),
    mlpNorm: norm(`${prefix}.mlp_ln`, n, heat),
    mlp0: add(`${prefix}.mlp.0.weight`, [4 * n, n], matrixType, heat),
    mlp0Bias: add(`${prefix}.mlp.0.bias`, [4 * n], "f32", heat),
    mlp2: add(`${prefix}.mlp.2.weight`, [n, 4 * n], matrixType, heat),
    mlp2Bias: add(`${prefix}.mlp.2.bias`, [n], "f32", heat),
  });
  const decoderBlock = (prefix: string, n: number): DecoderBlock => ({
    ...block(prefix, n, "token"),
    crossNorm: norm(`${prefix}.cross_attn_ln`, n, "token"),
    crossQuery: add(`${prefix}.cross_attn.query.weight`, [n, n], matrixType, "token"),
    crossQueryBias: add(`${prefix}.cross_attn.query.bias`, [n], "f32", "token"),
    crossKv: add(`${prefix}.cross_attn.kv.weight`, [2 * n, nAudioState], matrixType, "window", [
      `${prefix}.cross_attn.key.weight`,
      `${prefix}.cross_attn.value.weight`,
    ]),
    crossKvBias: add(`${prefix}.cross_attn.kv.bias`, [2 * n], "f32", "window", [
      null,
      `${prefix}.cross_attn.value.bias`,
    ]),
    crossOut: add(`${prefix}.cross_attn.out.weight`, [n, n], matrixType, "token"),
    crossOutBias: add(`${prefix}.cross_attn.out.bias`, [n], "f32", "token"),
  });
  const conv = (name: string, nIn: number) =>
    add(`${name}.weight`, [nAudioState, 3 * nIn], matrixType, "window", [`${name}.weight`], "taps outward");
  const weights: Weights = {
    conv1: conv("encoder.conv1", nMels),
    conv1Bias: add("encoder.conv1.bias", [nAudioState], "f32", "window"),
    conv2: conv("encoder.conv2", nAudioState),
    conv2Bias: add("encoder.conv2.bias", [nAudioState], "f32", "window"),
    audioPositions: add("encoder.positional_embedding", [nAudioCtx, nAudioState], "f32", "window"),
    encoder: range(dimensions.nAudioLayer).map((i) => block(`encoder.blocks.${i}`, nAudioState, "window")),
    encoderNorm: norm("encoder.ln_post", nAudioState, "window"),
    tokenEmbedding: add("decoder.token_embedding.weight", [nVocab, nTextState], matrixType, "token"),
    textPositions: add("decoder.positional_embedding", [nTextCtx, nTextState], "f32", "token"),
    decoder: range(dimensions.nTextLayer).map((i) => decoderBlock(`decoder.blocks.${i}`, nTextState)),
    decoderNorm: norm("decoder.ln", nTextState, "token"),
  };
  return { weights, sources };
}

/** A tensor that lives within one run. */
export function scratch(name: string, shape: readonly number[]): Tensor {
  return { name, shape, type: "f32", role: "scratch", heat: "token" };
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
