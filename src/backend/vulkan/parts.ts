import { WhisperVulkanError } from "../../errors.js";
import { leadingRows } from "../../memory/index.js";
import type { TensorPart } from "../../ops/kernel.js";
import { elementCount, elementSizeBytes, type Tensor, tensorSizeBytes } from "../../ops/tensor.js";

/** A run of outermost rows of a tensor, and where its bytes are in the tensor. */
export interface Rows {
  readonly firstRow: number;
  readonly nRows: number;
  readonly firstByte: number;
  readonly sizeBytes: number;
}

/** Rows that lie in a place of their own. */
export type BytePart = Rows & TensorPart;

export function allRows(tensor: Tensor): Rows {
  const nRows = tensor.shape.length > 1 ? tensor.shape[0]! : 1;
  return { firstRow: 0, nRows, firstByte: 0, sizeBytes: tensorSizeBytes(tensor) };
}

export function rowBytesOf(tensor: Tensor): number {
  return (elementCount(tensor) * elementSizeBytes[tensor.type]) / allRows(tensor).nRows;
}

/** The parts of a tensor that begin with these rows, 0 among them, in their order. */
export function partsFrom(tensor: Tensor, firstRows: readonly number[]): BytePart[] {
  const { nRows, sizeBytes } = allRows(tensor);
  const rowBytes = rowBytesOf(tensor);
  const sorted = [...firstRows].sort((a, b) => a - b);
  return sorted.map((firstRow, index) => {
    const next = sorted[index + 1];
    const firstByte = firstRow * rowBytes;
    // the last part has the padding to whole words, which is in the tensor's size
    const endByte = next === undefined ? sizeBytes : next * rowBytes;
    return { index, firstRow, nRows: (next ?? nRows) - firstRow, firstByte, sizeBytes: endByte - firstByte };
  });
}

/** Cuts a tensor so that no part is larger than a buffer binding or an allocation may be. Errors: memory-refused. */
export function rowsWithin(tensor: Tensor, maxBytes: number): BytePart[] {
  const { nRows, sizeBytes } = allRows(tensor);
  const rowBytes = rowBytesOf(tensor);
  const firstRows = [0];
  for (let first = 0; sizeBytes - first * rowBytes > maxBytes; firstRows.push(first)) {
    const count = leadingRows({ count: nRows - first, rowBytes }, maxBytes);
    if (!count) throw tooLarge(tensor, maxBytes);
    first += count;
  }
  return partsFrom(tensor, firstRows);
}

/** A tensor that is never cut. Errors: memory-refused if the device cannot bind it. */
export function wholeTensor(tensor: Tensor, maxBytes: number): BytePart[] {
  if (tensorSizeBytes(tensor) > maxBytes) throw tooLarge(tensor, maxBytes);
  return partsFrom(tensor, [0]);
}

function tooLarge(tensor: Tensor, maxBytes: number): WhisperVulkanError {
  return new WhisperVulkanError(
    "memory-refused",
    `${tensor.name} (${tensorSizeBytes(tensor)} bytes) is larger than this device can bind (${maxBytes} bytes)`,
    { hint: "Use a smaller model, or use --device cpu" },
  );
}
