import type { ModelDimensions } from "../model/dimensions.js";

/** One sequence's part in a decoder run. */
export interface DecoderRow {
  /** Tokens to feed, the first at `position`. All rows of a run have as many tokens or fewer. */
  readonly tokens: readonly number[];
  /** Position of the first token in the sequence; keys and values before it are kept from earlier runs. */
  readonly position: number;
  /** Indices into `tokens` whose logits are needed, e.g. [tokens.length - 1]. At most two per row. */
  readonly logitsAt: readonly number[];
}

/** The network on a device: the interface between the recogniser and everything below. */
export interface Network {
  readonly dimensions: ModelDimensions;
  /** Encodes one window and fills the cross-attention caches. mel: (3000, nMels), frame-major, f32. */
  encode(mel: Float32Array, signal?: AbortSignal): Promise<void>;
  /** Runs the decoder; returns (number of logitsAt over all rows) arrays of nVocab logits, in order. Valid until the next run. */
  decode(rows: readonly DecoderRow[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
}
