import type { ModelDimensions } from "../dimensions.js";
import type { FileCursor } from "../file-cursor.js";
import { ggmlMagic, melBins } from "./layout.js";

/** What comes before the tensors of a ggml file. */
export interface GgmlHeader {
  readonly dimensions: ModelDimensions;
  /** (nMels, 201), row-major. */
  readonly melFilters: Float32Array;
  readonly vocabulary: readonly Uint8Array[];
}

/** Far above every Whisper model, and far below what would be slow to loop over. */
const limits: ModelDimensions = {
  nVocab: 1 << 20,
  nAudioCtx: 1 << 16,
  nAudioState: 1 << 14,
  nAudioHead: 1 << 10,
  nAudioLayer: 1 << 8,
  nTextCtx: 1 << 16,
  nTextState: 1 << 14,
  nTextHead: 1 << 10,
  nTextLayer: 1 << 8,
  nMels: 1 << 10,
};
const dimensionNames = Object.keys(limits) as (keyof ModelDimensions)[];

/** The longest official token has 128 bytes. */
const tokenLimitBytes = 1 << 12;

/** Reads the header, the mel filters and the vocabulary; leaves the cursor at the first tensor. */
export async function readHeader(file: FileCursor): Promise<GgmlHeader> {
  if (file.sizeBytes === 0) throw file.invalid("the file is empty");
  const [magic] = await file.takeInt32(1, "the magic number");
  if (magic !== ggmlMagic) {
    throw file.invalid("this is not a ggml model file, which would start with the bytes 6c 6d 67 67", 0);
  }
  const dimensions = await readDimensions(file);
  await readWeightType(file);
  const melFilters = await readMelFilters(file, dimensions);
  const vocabulary = await readVocabulary(file, dimensions);
  return { dimensions, melFilters, vocabulary };
}

async function readDimensions(file: FileCursor): Promise<ModelDimensions> {
  const start = file.offsetBytes;
  const values = await file.takeInt32(dimensionNames.length, "the header");
  const entries = dimensionNames.map((name, index) => [name, values[index]!] as const);
  for (const [index, [name, value]] of entries.entries()) {
    if (value < 1 || value > limits[name]) {
      throw file.invalid(`the header's ${name} is ${value}, outside 1 to ${limits[name]}`, start + 4 * index);
    }
  }
  const dimensions = Object.fromEntries(entries) as unknown as ModelDimensions;
  const { nAudioState, nAudioHead, nTextState, nTextHead } = dimensions;
  if (nAudioState !== nTextState) {
    throw file.invalid(
      `encoder and decoder differ in width (nAudioState ${nAudioState}, nTextState ${nTextState})`,
      start,
    );
  }
  if (nAudioState % nAudioHead !== 0 || nTextState % nTextHead !== 0) {
    const heads = `nAudioHead ${nAudioHead}, nTextHead ${nTextHead}`;
    throw file.invalid(`the width ${nAudioState} does not divide by the number of heads (${heads})`, start);
  }
  return dimensions;
}

/** The weight type that the header states; each tensor has its own type as well. */
async function readWeightType(file: FileCursor): Promise<void> {
  const start = file.offsetBytes;
  const [fileType] = await file.takeInt32(1, "the header");
  const type = fileType! % 1000;
  if (type === 0 || type === 1) return;
  if (type === 2 || type === 3 || (type >= 7 && type <= 14)) throw quantised(file, start);
  throw file.invalid(`the header's weight type is ${fileType}, which ggml does not have`, start);
}

/** The error for weights of fewer than 16 bits. */
export function quantised(file: FileCursor, offsetBytes: number): Error {
  return file.invalid(
    "the weights are quantised, which is not supported yet",
    offsetBytes,
    "Use the F16 file of the same model, e.g. ggml-base.bin instead of ggml-base-q5_1.bin.",
  );
}

async function readMelFilters(file: FileCursor, { nMels }: ModelDimensions): Promise<Float32Array> {
  const start = file.offsetBytes;
  const [rows, columns] = await file.takeInt32(2, "the mel filters");
  if (rows !== nMels || columns !== melBins) {
    throw file.invalid(`the mel filters are ${rows} x ${columns}, not ${nMels} x ${melBins}`, start);
  }
  const bytes = await file.take(4 * nMels * melBins, "the mel filters");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const filters = new Float32Array(nMels * melBins);
  for (let index = 0; index < filters.length; index++) {
    filters[index] = view.getFloat32(4 * index, true);
    if (!Number.isFinite(filters[index])) {
      throw file.invalid("a mel filter is not a finite number", start + 8 + 4 * index);
    }
  }
  return filters;
}

async function readVocabulary(file: FileCursor, { nVocab }: ModelDimensions): Promise<Uint8Array[]> {
  const start = file.offsetBytes;
  const [count] = await file.takeInt32(1, "the vocabulary");
  if (count! < 1 || count! > nVocab) {
    throw file.invalid(`the vocabulary has ${count} tokens, outside 1 to nVocab, ${nVocab}`, start);
  }
  const vocabulary: Uint8Array[] = [];
  for (let id = 0; id < count!; id++) {
    const tokenStart = file.offsetBytes;
    // there are 50,000 of them: awaiting each would take longer than everything else
    const head = file.takeAtOnce(4) ?? (await file.take(4, `token ${id}`));
    const length = head[0]! | (head[1]! << 8) | (head[2]! << 16) | (head[3]! << 24);
    if (length < 0 || length > tokenLimitBytes) {
      throw file.invalid(`token ${id} is ${length >>> 0} bytes long`, tokenStart);
    }
    vocabulary.push(file.takeAtOnce(length) ?? (await file.take(length, `token ${id}`)));
  }
  return vocabulary;
}
