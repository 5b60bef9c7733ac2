import { WhisperVulkanError } from "../../errors.js";
import type { TensorPart } from "../../ops/kernel.js";
import { elementCount, elementSizeBytes, type Tensor, tensorSizeBytes } from "../../ops/tensor.js";

/** A run of outermost rows of a tensor, and where its bytes stand in the tensor. */
export interface Rows {
  readonly firstRow: number;
  readonly nRows: number;
  readonly firstByte: number;
  readonly sizeBytes: number;
}

/** Rows that lie in a place of their own. */
export type BytePart = Rows & TensorPart;

/** Kernels like parts of round numbers of rows; and f16 rows start on whole 32-bit words only every second row. */
const rowMultiples = [64, 16, 2] as const;

export function allRows(tensor: Tensor): Rows {
  const nRows = tensor.shape.length > 1 ? tensor.shape[0]! : 1;
  return { firstRow: 0, nRows, firstByte: 0, sizeBytes: tensorSizeBytes(tensor) };
}

/** As many first rows as come to at most maxBytes, and the others; null where not even a few do, or all do. */
export function splitRows(
  tensor: Tensor,
  rows: Rows,
  maxBytes: number,
): readonly [head: Rows, rest: Rows] | null {
  const rowBytes = (elementCount(tensor) * elementSizeBytes[tensor.type]) / allRows(tensor).nRows;
  const fitting = Math.floor(maxBytes / rowBytes);
  const multiple = rowMultiples.find((n) => n <= fitting);
  if (!multiple || rows.sizeBytes <= maxBytes) return null;
  const nRows = Math.floor(fitting / multiple) * multiple;
  // padding to whole words, which is in the tensor's size, may be all that is too much
  if (nRows >= rows.nRows) return null;
  const headBytes = nRows * rowBytes;
  return [
    { ...rows, nRows, sizeBytes: headBytes },
    {
      firstRow: rows.firstRow + nRows,
      nRows: rows.nRows - nRows,
      firstByte: rows.firstByte + headBytes,
      sizeBytes: rows.sizeBytes - headBytes,
    },
  ];
}

/** Cuts a tensor so that no part is larger than a buffer binding or an allocation may be. Errors: memory-refused. */
export function rowsWithin(tensor: Tensor, maxBytes: number): Rows[] {
  const parts: Rows[] = [];
  let rest = allRows(tensor);
  while (rest.sizeBytes > maxBytes) {
    const split = splitRows(tensor, rest, maxBytes);
    if (!split) throw tooLarge(tensor, maxBytes);
    parts.push(split[0]);
    rest = split[1];
  }
  return [...parts, rest];
}

/** A tensor that is never cut. Errors: memory-refused if the device cannot bind it. */
export function wholeTensor(tensor: Tensor, maxBytes: number): Rows[] {
  if (tensorSizeBytes(tensor) > maxBytes) throw tooLarge(tensor, maxBytes);
  return [allRows(tensor)];
}

function tooLarge(tensor: Tensor, maxBytes: number): WhisperVulkanError {
  return new WhisperVulkanError(
    "memory-refused",
    `${tensor.name} (${tensorSizeBytes(tensor)} bytes) is larger than this device can bind (${maxBytes} bytes)`,
    { hint: "take a smaller model, or use --device cpu" },
  );
}
