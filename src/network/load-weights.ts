import type { Storage } from "../backend/backend.js";
import { WhisperVulkanError } from "../errors.js";
import type { ModelFile } from "../model/model-file.js";
import { elementSizeBytes } from "../ops/tensor.js";
import type { WeightSource } from "./tensors.js";

/** Bytes of the model file held in memory at a time while its weights go to the device. */
const chunkSizeBytes = 8 << 20;

/**
 * Streams all weights from the file into storage, chunk by chunk; only the convolution kernels, whose taps are
 * moved, are held whole. onProgress gets bytes done and in total. Errors: aborted, file-unreadable, model-invalid.
 */
export async function loadWeights(
  model: ModelFile,
  sources: readonly WeightSource[],
  storage: Storage,
  onProgress: (doneBytes: number, totalBytes: number) => void = () => {},
  signal?: AbortSignal,
): Promise<void> {
  const entries = sources.flatMap((source) =>
    source.parts.flatMap((part) => (part ? [entryOf(model, part)] : [])),
  );
  const totalBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  const buffer = new Uint8Array(chunkSizeBytes);
  let doneBytes = 0;
  for (const { tensor, parts, layout } of sources) {
    const partElements = tensor.shape.reduce((a, b) => a * b, 1) / parts.length;
    const partSizeBytes = partElements * elementSizeBytes[tensor.type];
    for (const [index, part] of parts.entries()) {
      const offsetBytes = index * partSizeBytes;
      if (!part) {
        await storage.write(tensor, offsetBytes, new Uint8Array(partSizeBytes));
        continue;
      }
      const entry = entryOf(model, part);
      if (entry.type !== tensor.type || entry.sizeBytes !== partSizeBytes)
        throw new Error(
          `${part} is ${entry.sizeBytes} bytes of ${entry.type}, not ${partSizeBytes} of ${tensor.type}`,
        );
      if (layout === "taps outward") {
        const kernel = new Uint8Array(entry.sizeBytes);
        await model.read(entry, 0, kernel);
        await storage.write(tensor, 0, tapsOutward(kernel, entry.shape, elementSizeBytes[tensor.type]));
      } else {
        for (let done = 0; done < entry.sizeBytes; done += chunkSizeBytes) {
          const chunk = buffer.subarray(0, Math.min(chunkSizeBytes, entry.sizeBytes - done));
          await model.read(entry, done, chunk);
          await storage.write(tensor, offsetBytes + done, chunk);
          if (signal?.aborted)
            throw new WhisperVulkanError("aborted", "Loading the model was stopped.", {
              cause: signal.reason,
            });
        }
      }
      doneBytes += entry.sizeBytes;
      onProgress(doneBytes, totalBytes);
    }
  }
}

function entryOf(model: ModelFile, name: string) {
  const entry = model.tensors.get(name);
  if (!entry) throw new Error(`${model.path} passed its checks without ${name}`);
  return entry;
}

/** (nOut, nIn, 3) -> (nOut, 3, nIn): so that a convolution is a matrix product over overlapping rows. */
function tapsOutward(kernel: Uint8Array, shape: readonly number[], elementBytes: number): Uint8Array {
  const [nOut, nIn, nTaps] = shape as [number, number, number];
  const from = elementBytes === 2 ? new Uint16Array(kernel.buffer) : new Uint32Array(kernel.buffer);
  const to = elementBytes === 2 ? new Uint16Array(from.length) : new Uint32Array(from.length);
  for (let o = 0; o < nOut; o++)
    for (let i = 0; i < nIn; i++)
      for (let t = 0; t < nTaps; t++) to[(o * nTaps + t) * nIn + i] = from[(o * nIn + i) * nTaps + t]!;
  return new Uint8Array(to.buffer);
}
