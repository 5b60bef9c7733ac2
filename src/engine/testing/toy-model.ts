import type { ModelDimensions } from "../../model/dimensions.js";
import { encodeHeader } from "../../model/ggml/encode.js";
import { expectedTensors, product } from "../../model/ggml/layout.js";
import { melFilters } from "../../model/rebuild/mel-filters.js";
import type { SmallModel, SmallTensor } from "../../model/testing/small-model.js";
import { floatToHalf } from "../../ops/half.js";
import { byteTokens } from "../../whisper/testing/byte-vocabulary.js";

/** Tokens of the vocabulary that have bytes. */
const nTextTokens = 266;

/** A whole Whisper in its form and its vocabulary, with one narrow layer a side. */
export const toyDimensions: ModelDimensions = {
  nVocab: 51865,
  nAudioCtx: 1500,
  nAudioState: 64,
  nAudioHead: 1,
  nAudioLayer: 1,
  nTextCtx: 448,
  nTextState: 64,
  nTextHead: 1,
  nTextLayer: 1,
  nMels: 80,
};

/**
 * The pieces of a ggml file of 7 MB with repeatable noise for weights: it says nonsense, but the same nonsense about the same sound, and
 * other nonsense about another.
 */
export function toyModel(dimensions: ModelDimensions = toyDimensions): SmallModel {
  const header = Buffer.from(encodeHeader(dimensions, "f16", melFilters(dimensions.nMels), byteTokens()));
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  const tensors = Array.from(expectedTensors(dimensions), ({ name, shape, kind }): SmallTensor => {
    const nElements = product(shape);
    // The sound and the position in the text weigh more than the previous token, which would only repeat itself.
    const weight = /decoder.positional|cross_attn/.test(name)
      ? 30
      : name === "encoder.positional_embedding"
        ? 1
        : 8;
    const width = weight / Math.sqrt(nElements / shape[0]!);
    const value = (i: number) => {
      if (/ln[^.]*\.weight$/.test(name)) return 1;
      if (name.endsWith(".bias")) return 0;
      // Only text tokens have an embedding, so that nothing else is emitted.
      if (name === "decoder.token_embedding.weight" && i >= nTextTokens * dimensions.nTextState) return 0;
      return width * noise();
    };
    const data = Buffer.alloc(nElements * (kind === "weight" ? 2 : 4));
    for (let i = 0; i < nElements; i++) {
      if (kind === "weight") data.writeUInt16LE(floatToHalf(value(i)), 2 * i);
      else data.writeFloatLE(value(i), 4 * i);
    }
    return { name, shape: [...shape], type: kind === "weight" ? "f16" : "f32", data };
  });
  return { header, tensors };
}
