import { WhisperVulkanError } from "../../errors.js";
import { elementSizeBytes } from "../../ops/tensor.js";
import { shown } from "../../shown.js";
import { FileCursor } from "../file-cursor.js";
import type { ModelFile, TensorEntry } from "../model-file.js";
import { type GgmlHeader, quantised, readHeader } from "./header.js";
import { type ExpectedTensor, expectedTensors, product } from "./layout.js";

/**
 * Opens a Whisper model in ggml format with F32 or F16 weights and checks everything except the weights' values.
 * The file stays open until `close`; its weights are read in pieces, never as a whole.
 *
 * @throws WhisperVulkanError "model-invalid" with the place in the file; "file-not-found", "file-is-folder",
 * "file-unreadable"
 */
export async function openModel(path: string): Promise<ModelFile> {
  const file = await FileCursor.open(path);
  try {
    const header = await readHeader(file);
    const tensors = await readTensorTable(file, header);
    return new OpenGgmlFile(file, header, tensors);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readTensorTable(file: FileCursor, header: GgmlHeader): Promise<Map<string, TensorEntry>> {
  const expected = new Map<string, ExpectedTensor>();
  for (const tensor of expectedTensors(header.dimensions)) expected.set(tensor.name, tensor);
  const found = new Map<string, TensorEntry>();
  while (file.remainingBytes > 0) {
    const start = file.offsetBytes;
    const tensor = await readTensor(file, expected).catch((error: unknown) => {
      if (found.size < expected.size) throw error;
      throw file.invalid(`${file.sizeBytes - start} bytes follow the last tensor`, start);
    });
    if (found.has(tensor.name)) throw file.invalid(`the tensor ${tensor.name} is there twice`, start);
    found.set(tensor.name, tensor);
  }
  const missing = [...expected.keys()].filter((name) => !found.has(name));
  if (missing.length > 0) {
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
    throw file.invalid(`the tensor ${missing[0]}${more} is missing; the file may be cut short`);
  }
  return found;
}

async function readTensor(
  file: FileCursor,
  expected: ReadonlyMap<string, ExpectedTensor>,
): Promise<TensorEntry> {
  const start = file.offsetBytes;
  const [rank, nameLength, type] = await file.takeInt32(3, "a tensor's header");
  if (rank! < 1 || rank! > 4 || nameLength! < 1 || nameLength! > 256) {
    throw file.invalid("a tensor should start here, but something else does", start);
  }
  const fastestFirst = await file.takeInt32(rank!, "a tensor's shape");
  const name = new TextDecoder("latin1").decode(await file.take(nameLength!, "a tensor's name"));
  const wanted = expected.get(name);
  if (wanted === undefined) {
    throw file.invalid(`${shown(name)} is not a tensor of a Whisper model of this size`, start);
  }
  const shape = fastestFirst.reverse();
  if (shape.length !== wanted.shape.length || shape.some((size, axis) => size !== wanted.shape[axis])) {
    throw file.invalid(`the tensor ${name} has shape [${shape}] instead of [${wanted.shape}]`, start);
  }
  const elementType = tensorType(file, type!, wanted, start);
  const entry: TensorEntry = {
    name,
    shape,
    type: elementType,
    offsetBytes: file.offsetBytes,
    sizeBytes: product(shape) * elementSizeBytes[elementType],
  };
  file.skip(entry.sizeBytes, `the tensor ${name}`);
  return entry;
}

function tensorType(file: FileCursor, type: number, wanted: ExpectedTensor, start: number): "f32" | "f16" {
  if (type === 0) return "f32";
  if (type === 1 && wanted.kind === "weight") return "f16";
  if (type === 1) throw file.invalid(`the tensor ${wanted.name} is F16 where only F32 is possible`, start);
  if (type === 2 || type === 3 || (type >= 6 && type <= 14)) throw quantised(file, start);
  throw file.invalid(`the tensor ${wanted.name} is of the unknown type ${type}`, start);
}

class OpenGgmlFile implements ModelFile {
  readonly path: string;
  readonly dimensions: ModelFile["dimensions"];
  readonly multilingual: boolean;
  readonly melFilters: Float32Array;
  readonly vocabulary: readonly Uint8Array[];
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly #file: FileCursor;
  #closed = false;

  constructor(file: FileCursor, header: GgmlHeader, tensors: ReadonlyMap<string, TensorEntry>) {
    this.#file = file;
    this.path = file.path;
    this.dimensions = header.dimensions;
    this.multilingual = header.dimensions.nVocab >= 51865;
    this.melFilters = header.melFilters;
    this.vocabulary = header.vocabulary;
    this.tensors = tensors;
  }

  async read(entry: TensorEntry, offsetBytes: number, into: Uint8Array): Promise<void> {
    if (this.#closed) throw new WhisperVulkanError("disposed", `${this.path} was read after it was closed.`);
    if (offsetBytes < 0 || offsetBytes + into.byteLength > entry.sizeBytes) {
      const range = `${offsetBytes} to ${offsetBytes + into.byteLength}`;
      throw new WhisperVulkanError("internal", `Bytes ${range} of ${entry.name} (${entry.sizeBytes} bytes)`);
    }
    await this.#file.readAt(entry.offsetBytes + offsetBytes, into, `the tensor ${entry.name}`);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }
}
