import { WhisperVulkanError } from "../../errors.js";
import type { TensorPart } from "../../ops/kernel.js";
import { elementCount, elementSizeBytes, type Tensor, tensorSizeBytes } from "../../ops/tensor.js";

export interface BytePart extends TensorPart {
  readonly firstByte: number;
  readonly sizeBytes: number;
}

/** Kernels like parts of round numbers of rows; and f16 rows start on whole 32-bit words only every second row. */
const rowMultiples = [64, 16, 2] as const;

/** A tensor that is never cut. Errors: memory-refused if the device cannot bind it. */
export function wholeTensor(tensor: Tensor, maxBytes: number): readonly BytePart[] {
  const sizeBytes = tensorSizeBytes(tensor);
  if (sizeBytes > maxBytes) throw tooLarge(tensor, maxBytes);
  return [{ index: 0, firstRow: 0, nRows: rowsOf(tensor), firstByte: 0, sizeBytes }];
}

/**
 * Cuts a weight along its outer rows so that no part is larger than a buffer binding or an allocation may be.
 * Errors: memory-refused.
 */
export function partsOf(tensor: Tensor, maxPartBytes: number): readonly BytePart[] {
  const sizeBytes = tensorSizeBytes(tensor);
  if (sizeBytes <= maxPartBytes) return wholeTensor(tensor, maxPartBytes);
  const nRows = rowsOf(tensor);
  const rowBytes = (elementCount(tensor) * elementSizeBytes[tensor.type]) / nRows;
  const fitting = Math.floor(maxPartBytes / rowBytes);
  const multiple = rowMultiples.find((n) => n <= fitting);
  if (!multiple) throw tooLarge(tensor, maxPartBytes);
  const rowsPerPart = Math.floor(fitting / multiple) * multiple;
  return Array.from({ length: Math.ceil(nRows / rowsPerPart) }, (_, index) => {
    const firstRow = index * rowsPerPart;
    const rows = Math.min(rowsPerPart, nRows - firstRow);
    const firstByte = firstRow * rowBytes;
    // the last part takes the padding to whole words along
    const end = firstRow + rows === nRows ? sizeBytes : firstByte + rows * rowBytes;
    return { index, firstRow, nRows: rows, firstByte, sizeBytes: end - firstByte };
  });
}

function rowsOf(tensor: Tensor): number {
  return tensor.shape.length > 1 ? tensor.shape[0]! : 1;
}

function tooLarge(tensor: Tensor, maxBytes: number): WhisperVulkanError {
  return new WhisperVulkanError(
    "memory-refused",
    `${tensor.name} (${tensorSizeBytes(tensor)} bytes) is larger than this device can bind (${maxBytes} bytes)`,
    { hint: "take a smaller model, or use --device cpu" },
  );
}
