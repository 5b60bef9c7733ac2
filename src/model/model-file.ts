import type { ModelDimensions } from "./dimensions.js";

/** A tensor in a model file. */
export interface TensorEntry {
  readonly name: string;
  /** Outermost dimension first (the file's order reversed). */
  readonly shape: readonly number[];
  readonly type: "f32" | "f16";
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** An opened, checked model file: the header in memory, the weights still on disk. */
export interface ModelFile {
  readonly path: string;
  readonly dimensions: ModelDimensions;
  /** True for multilingual vocabularies (nVocab >= 51865). */
  readonly multilingual: boolean;
  /** (nMels, 201) triangular filters, row-major. */
  readonly melFilters: Float32Array;
  /** Text tokens as raw bytes, by id. Special tokens are not in here. */
  readonly vocabulary: readonly Uint8Array[];
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Reads into.byteLength raw bytes of a tensor from offsetBytes within it. */
  read(entry: TensorEntry, offsetBytes: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
