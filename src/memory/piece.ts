import type { Step } from "./ladder.js";
import type { DeviceMemory } from "./memory-device.js";
import type { Rows } from "./rows.js";
import type { Tlsf } from "./tlsf.js";
import type { Use } from "./uses.js";

/** A requested piece of memory. It never straddles two blocks. */
export interface Piece {
  readonly key: string;
  readonly sizeBytes: number;
  readonly use: Use;
  /** What users read: "weights". */
  readonly label: string;
  /** How often all of it is read in a unit of work: what decides who keeps the fastest memory. */
  readonly reads: number;
  /**
   * What it consists of, so that it can be cut where it does not fit in one piece. Its key is rowsKey(of, first), and so are
   * those of its parts. Absent: it stays whole.
   */
  readonly rows?: Rows;
}

/** Where a piece is: a block, and bytes from its start. */
export interface Place<M extends DeviceMemory> {
  readonly memory: M;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** One allocation of the driver's, cut up. */
export interface Block<M extends DeviceMemory> {
  readonly memory: M;
  readonly use: Use;
  readonly label: string;
  readonly step: Step;
  readonly ranges: Tlsf;
  readonly pieces: Piece[];
}

/** Among pieces that are read equally often, caches and small buffers come before weights. */
function rank(use: Use): number {
  return use === "upload" || use === "readBack" ? 0 : use === "caches" ? 1 : 2;
}

/** The order in which pieces are placed. */
export function byHeat(a: Piece, b: Piece): number {
  return b.reads - a.reads || rank(a.use) - rank(b.use) || b.sizeBytes - a.sizeBytes;
}

/** Puts a piece into a block; null where the block has no room for it. */
export function take<M extends DeviceMemory>(block: Block<M>, piece: Piece): Place<M> | null {
  const offsetBytes = block.ranges.allocate(piece.sizeBytes);
  if (offsetBytes === null) return null;
  block.pieces.push(piece);
  return { memory: block.memory, offsetBytes, sizeBytes: piece.sizeBytes };
}

/** With a size that is a multiple of the alignment, a power of two. */
export function aligned<P extends Piece>(piece: P, alignmentBytes: number): P {
  const sizeBytes = Math.max(1, Math.ceil(piece.sizeBytes / alignmentBytes)) * alignmentBytes;
  return sizeBytes === piece.sizeBytes ? piece : { ...piece, sizeBytes };
}
