import type { Piece } from "./piece.js";

/** How fast the device reads its own memory and the host's, in bytes a second. */
export interface MemoryBandwidth {
  readonly deviceBytesPerSecond: number;
  readonly hostBytesPerSecond: number;
  /** False: figures of a middling card on PCIe 3.0 x16, until a spill makes measuring worth while, for the next plan too. */
  readonly measured: boolean;
}

/** What is assumed until it is measured: a card of the middle, and its bus. */
export const estimatedBandwidth: MemoryBandwidth = {
  deviceBytesPerSecond: 300e9,
  hostBytesPerSecond: 11e9,
  measured: false,
};

/** What reading a byte from the host's memory takes longer than from the device's own: nothing where all is one memory. */
export function extraSecondsPerByte({ hostBytesPerSecond, deviceBytesPerSecond }: MemoryBandwidth): number {
  return Math.max(0, 1 / hostBytesPerSecond - 1 / deviceBytesPerSecond);
}

/** What a unit of work takes longer for pieces that the device reads from the host's memory. */
export function extraSeconds(pieces: readonly Piece[], bandwidth: MemoryBandwidth): number {
  return bytesRead(pieces) * extraSecondsPerByte(bandwidth);
}

/** What a unit of work takes to read pieces from the device's own memory. */
export function readSeconds(pieces: readonly Piece[], { deviceBytesPerSecond }: MemoryBandwidth): number {
  return bytesRead(pieces) / deviceBytesPerSecond;
}

function bytesRead(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { sizeBytes, reads }) => sum + sizeBytes * reads, 0);
}
