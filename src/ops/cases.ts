import { type ControlLayout, controlHeaderSize, controlOffsets } from "./control.js";
import type { Step } from "./index.js";
import type { ElementType, Tensor } from "./tensor.js";

/** One step with sizes, and what its control buffer holds if it has one. Floats are filled from a seed. */
export interface OpCase {
  readonly name: string;
  readonly step: Step;
  readonly control?: Int32Array;
}

const tensor = (name: string, shape: readonly number[], type: ElementType = "f32"): Tensor => ({
  name,
  shape,
  type,
  role: type === "f16" ? "weight" : "state",
  heat: "token",
});

function linearCase(
  nRows: number,
  nIn: number,
  nOut: number,
  options: {
    type?: "f32" | "f16";
    bias?: boolean;
    gelu?: boolean;
    accumulate?: boolean;
    nBatch?: number;
    stride?: number;
    conv?: boolean;
    gap?: number;
  } = {},
): OpCase {
  const { type = "f16", bias = true, gelu = false, accumulate = false, nBatch = 1, conv = false } = options;
  const stride = options.stride ?? 1;
  const nChannels = nIn / 3;
  const nFrames = nRows * stride;
  const batchExtent = conv ? nFrames * nChannels : nRows * nIn;
  const gap = options.gap ?? (nIn % 4 ? 5 : 4); // batches of x need not be end to end, nor rows of out
  const name = `linear ${nBatch} x ${nRows} x ${nIn} -> ${nOut} ${type}${bias ? " bias" : ""}${gelu ? " gelu" : ""}${accumulate ? " accumulate" : ""}${conv ? ` convolution/${stride}` : ""}`;
  return {
    name,
    step: {
      op: "linear",
      x: tensor("x", [nBatch, batchExtent + gap]),
      weight: { ...tensor("weight", [nOut, nIn], type), role: "weight" },
      bias: bias ? tensor("bias", [nOut]) : null,
      out: tensor("out", [nBatch * nRows * (nOut + 2) + 3]),
      nBatch,
      nRows,
      nIn,
      nOut,
      xLayout: {
        batchStride: batchExtent + gap,
        rowStride: conv ? stride * nChannels : nIn,
        offset: conv ? -nChannels : 0,
        batchExtent,
      },
      outLayout: { batchStride: nRows * (nOut + 2), rowStride: nOut + 2, offset: 3 },
      activation: gelu ? "gelu" : "none",
      accumulate,
    },
  };
}

function encoderAttentionCase(nBatch: number, nPositions: number, nHead: number, headSize: number): OpCase {
  const nState = nHead * headSize;
  return {
    name: `encoderAttention ${nBatch} x ${nPositions}, ${nHead} heads of ${headSize}`,
    step: {
      op: "encoderAttention",
      qkv: tensor("qkv", [nBatch, nPositions, 3 * nState]),
      out: tensor("out", [nBatch, nPositions, nState]),
      nBatch,
      nPositions,
      nState,
      nHead,
    },
  };
}

/** Rows at different positions, one short, one inactive, one that continues another row's cache. */
function controlFor(layout: ControlLayout, nVocab = 50, nAudio = 1): Int32Array {
  const { nRows, nTokens, nTextCtx } = layout;
  const offsets = controlOffsets(layout);
  const control = new Int32Array(offsets.total);
  for (let r = 0; r < nRows; r++) {
    const position = Math.min((r * 7) % 11, nTextCtx - nTokens);
    const length = r % 3 === 1 ? Math.max(1, nTokens - 1) : nTokens;
    const active = nRows > 1 && r === nRows - 1 && r !== 1 ? 0 : 1;
    control.set([position, length, r % nAudio, active], r * controlHeaderSize);
    for (let t = 0; t < nTokens; t++)
      control[offsets.tokens + r * nTokens + t] = (r * 31 + t * 17 + 3) % nVocab;
    for (let j = 0; j < nTextCtx; j++)
      control[offsets.origin + r * nTextCtx + j] = j % 2 ? r : (r + 1) % nRows;
  }
  for (let i = 0; i < 2 * nRows; i++)
    control[offsets.select + i] = (nRows * nTokens - 1 - i * 2 + 4 * nRows * nTokens) % (nRows * nTokens);
  return control;
}

function controlTensor(layout: ControlLayout): Tensor {
  return {
    name: "control",
    shape: [controlOffsets(layout).total],
    type: "i32",
    role: "input",
    heat: "token",
  };
}

function decoderCases(
  nRows: number,
  nTokens: number,
  nTextCtx: number,
  nHead: number,
  headSize: number,
  nPositions: number,
): OpCase[] {
  const layout = { nRows, nTokens, nTextCtx };
  const nState = nHead * headSize;
  const nVocab = 50;
  const nAudio = Math.min(2, nRows);
  const control = controlFor(layout, nVocab, nAudio);
  const shared = { ...layout, control: controlTensor(layout), nState };
  const qkv = tensor("qkv", [nRows, nTokens, 3 * nState]);
  const cache = tensor("cache", [nRows, nTextCtx, 2 * nState]);
  const out = tensor("out", [nRows, nTokens, nState]);
  const sizes = `${nRows} x ${nTokens} of ${nTextCtx}, ${nHead} heads of ${headSize}`;
  return [
    {
      name: `selfAttention ${sizes}`,
      control,
      step: { op: "selfAttention", ...shared, qkv, cache, out, nHead },
    },
    {
      name: `crossAttention ${sizes}, ${nPositions} positions`,
      control,
      step: {
        op: "crossAttention",
        ...shared,
        q: tensor("q", [nRows, nTokens, nState]),
        cache: tensor("cross", [nAudio, nPositions, 2 * nState]),
        out,
        nPositions,
        nHead,
      },
    },
    { name: `cacheWrite ${sizes}`, control, step: { op: "cacheWrite", ...shared, qkv, cache } },
    ...(["f32", "f16"] as const).map(
      (type): OpCase => ({
        name: `embed ${sizes} ${type}`,
        control,
        step: {
          op: "embed",
          ...shared,
          tokenEmbedding: { ...tensor("embedding", [nVocab, nState], type), role: "weight" },
          positionEmbedding: tensor("positions", [nTextCtx, nState]),
          out,
        },
      }),
    ),
    {
      name: `selectRows ${sizes}`,
      control,
      step: {
        op: "selectRows",
        ...shared,
        x: tensor("x", [nRows * nTokens, nState]),
        out: tensor("out", [2 * nRows, nState]),
        nSelect: 2 * nRows,
      },
    },
  ];
}

function layerNormCase(nRows: number, nState: number): OpCase {
  return {
    name: `layerNorm ${nRows} x ${nState}`,
    step: {
      op: "layerNorm",
      x: tensor("x", [nRows, nState]),
      gamma: tensor("gamma", [nState]),
      beta: tensor("beta", [nState]),
      out: tensor("out", [nRows, nState]),
      nRows,
      nState,
    },
  };
}

function addPositionsCase(nBatch: number, nPositions: number, nState: number): OpCase {
  return {
    name: `addPositions ${nBatch} x ${nPositions} x ${nState}`,
    step: {
      op: "addPositions",
      x: tensor("x", [nBatch, nPositions, nState]),
      positions: tensor("positions", [nPositions, nState]),
      nBatch,
      nPositions,
      nState,
    },
  };
}

/** Every case every backend must pass; odd sizes on purpose, so that an index off by one shows. */
export const opCases: readonly OpCase[] = [
  linearCase(1, 1, 1),
  linearCase(1, 64, 33),
  linearCase(1, 384, 130, { gelu: true }),
  linearCase(1, 512, 9001, { bias: false }), // as wide as logits: no thread's own memory may depend on it
  linearCase(2, 37, 19, { bias: false }),
  linearCase(3, 512, 257, { accumulate: true }),
  linearCase(5, 63, 71, { type: "f32", accumulate: true }),
  linearCase(13, 40, 24, { type: "f32", gelu: true }),
  linearCase(67, 65, 129, { gelu: true }),
  linearCase(65, 128, 64, { bias: false, accumulate: true }),
  linearCase(130, 256, 200, { nBatch: 2 }),
  linearCase(1, 2048, 512, { nBatch: 2, accumulate: true }),
  linearCase(150, 136, 137, { gelu: true, accumulate: true }),
  linearCase(130, 64, 260, { type: "f32" }),
  linearCase(8, 264, 70, { gelu: true, gap: 8 }),
  linearCase(5, 64, 71, { type: "f32", accumulate: true, gap: 8 }),
  linearCase(1, 8, 40000, { type: "f32", gap: 8 }),
  linearCase(7, 9, 5, { conv: true }),
  linearCase(70, 240, 48, { conv: true, gelu: true, nBatch: 2 }),
  linearCase(9, 64, 40, { gap: 3 }), // no four neighbours of x can be read at once
  linearCase(66, 96, 64, { conv: true, stride: 2, gelu: true, type: "f32" }),
  layerNormCase(1, 1),
  layerNormCase(3, 37),
  layerNormCase(5, 384),
  layerNormCase(130, 512),
  layerNormCase(2, 1280),
  encoderAttentionCase(1, 1, 1, 4),
  encoderAttentionCase(1, 17, 2, 5),
  encoderAttentionCase(2, 67, 3, 64),
  encoderAttentionCase(1, 150, 2, 64),
  encoderAttentionCase(3, 33, 1, 64),
  encoderAttentionCase(1, 1, 1, 64),
  addPositionsCase(1, 3, 5),
  addPositionsCase(3, 33, 65),
  ...decoderCases(1, 1, 16, 1, 4, 5),
  ...decoderCases(1, 5, 20, 2, 7, 33),
  ...decoderCases(3, 1, 40, 6, 64, 150),
  ...decoderCases(4, 3, 33, 2, 64, 101),
  ...decoderCases(2, 16, 64, 8, 64, 1500),
];
