import type { Piece } from "./piece.js";

/** How fast the device reads its own memory and the host's, in bytes a second. */
export interface MemoryBandwidth {
  readonly deviceBytesPerSecond: number;
  readonly hostBytesPerSecond: number;
  /** False: figures of an average card on PCIe 3.0 x16. A spill makes measuring worthwhile; later plans use the result too. */
  readonly measured: boolean;
}

/** Assumed until it is measured: an average card and its bus. */
export const estimatedBandwidth: MemoryBandwidth = {
  deviceBytesPerSecond: 300e9,
  hostBytesPerSecond: 11e9,
  measured: false,
};

/** How much longer reading a byte takes from host memory than from the device's own, in seconds: 0 where both are the same memory. */
export function extraSecondsPerByte({ hostBytesPerSecond, deviceBytesPerSecond }: MemoryBandwidth): number {
  return Math.max(0, 1 / hostBytesPerSecond - 1 / deviceBytesPerSecond);
}

/** How much longer a unit of work takes because the device reads pieces from host memory. */
export function extraSeconds(pieces: readonly Piece[], bandwidth: MemoryBandwidth): number {
  return bytesRead(pieces) * extraSecondsPerByte(bandwidth);
}

/** How long a unit of work takes to read pieces from the device's own memory. */
export function readSeconds(pieces: readonly Piece[], { deviceBytesPerSecond }: MemoryBandwidth): number {
  return bytesRead(pieces) / deviceBytesPerSecond;
}

function bytesRead(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { sizeBytes, reads }) => sum + sizeBytes * reads, 0);
}
