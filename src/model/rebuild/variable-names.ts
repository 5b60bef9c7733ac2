/** Where a ggml tensor's values are in a CTranslate2 file: part `index` of `count` equal ones, row-wise. */
export interface Source {
  readonly variable: string;
  readonly index: number;
  readonly count: number;
}

const whole = { index: 0, count: 1 } as const;

const outsideBlocks: Readonly<Record<string, string>> = {
  "decoder.positional_embedding": "decoder/position_encodings/encodings",
  "encoder.positional_embedding": "encoder/position_encodings/encodings",
  "decoder.token_embedding": "decoder/embeddings",
  "decoder.ln": "decoder/layer_norm",
  "encoder.ln_post": "encoder/layer_norm",
  "encoder.conv1": "encoder/conv1",
  "encoder.conv2": "encoder/conv2",
};

/** Self-attention stacks query, key and value in one variable, cross-attention key and value. */
const insideBlocks: Readonly<Record<string, Source>> = {
  mlp_ln: { variable: "ffn/layer_norm", ...whole },
  "mlp.0": { variable: "ffn/linear_0", ...whole },
  "mlp.2": { variable: "ffn/linear_1", ...whole },
  attn_ln: { variable: "self_attention/layer_norm", ...whole },
  "attn.query": { variable: "self_attention/linear_0", index: 0, count: 3 },
  "attn.key": { variable: "self_attention/linear_0", index: 1, count: 3 },
  "attn.value": { variable: "self_attention/linear_0", index: 2, count: 3 },
  "attn.out": { variable: "self_attention/linear_1", ...whole },
  cross_attn_ln: { variable: "attention/layer_norm", ...whole },
  "cross_attn.query": { variable: "attention/linear_0", ...whole },
  "cross_attn.key": { variable: "attention/linear_1", index: 0, count: 2 },
  "cross_attn.value": { variable: "attention/linear_1", index: 1, count: 2 },
  "cross_attn.out": { variable: "attention/linear_2", ...whole },
};

/** The source of a tensor of a Whisper ggml file; the name is one of `expectedTensors`. */
export function sourceOf(tensorName: string): Source {
  const position = outsideBlocks[tensorName];
  if (position !== undefined) return { variable: position, ...whole };
  const kind = tensorName.endsWith(".bias") ? "bias" : "weight";
  const module = tensorName.slice(0, -kind.length - 1);
  const [, side, layer, part] = /^(encoder|decoder)\.blocks\.(\d+)\.(.+)$/.exec(module) ?? [];
  const found = part === undefined ? { variable: outsideBlocks[module], ...whole } : insideBlocks[part];
  if (found?.variable === undefined) throw new TypeError(`${tensorName} has no CTranslate2 counterpart`);
  const folder = part === undefined ? found.variable : `${side}/layer_${layer}/${found.variable}`;
  const isNorm = folder.endsWith("layer_norm");
  const leaf = isNorm ? { weight: "gamma", bias: "beta" }[kind] : kind;
  return { variable: `${folder}/${leaf}`, index: found.index, count: found.count };
}
