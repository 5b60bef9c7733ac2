import {
  type Allocator,
  type DeviceMemory,
  MemoryRefusedError,
  type Piece,
  type Placement,
  rowsKey,
} from "../../memory/index.js";
import type { Heat, Tensor } from "../../ops/tensor.js";
import type { MemoryManifest } from "../backend.js";
import { rowBytesOf, rowsWithin, wholeTensor } from "./parts.js";

export interface CutLimits {
  /** No buffer range may be larger. */
  readonly maxBindingBytes: number;
  /** Weights larger than this are cut into parts. */
  readonly maxPartBytes: number;
}

export const scratchKey = "\0scratch";
const stagingKey = "\0staging";
const largestStagingBytes = 8 << 20;
const smallestStagingBytes = 64 << 10;

/** Reads in a window of 30 s with 200 tokens; scratch is passed through once by each layer. */
const reads: Readonly<Record<Heat | "scratch", number>> = { token: 200, window: 1, once: 0, scratch: 10 };

/** All memory that a manifest's tensors need, in pieces that can be bound. Errors: memory-refused. */
export function piecesOf(manifest: MemoryManifest, { maxPartBytes, maxBindingBytes }: CutLimits): Piece[] {
  const pieces = manifest.entries.flatMap(({ tensor, cuttable }): Piece[] => {
    const parts = cuttable ? rowsWithin(tensor, maxPartBytes) : wholeTensor(tensor, maxBindingBytes);
    const rowBytes = rowBytesOf(tensor);
    const { use, label } = useOf(tensor);
    return parts.map(({ firstRow, nRows, sizeBytes }) => {
      const piece = {
        key: rowsKey(tensor.name, firstRow),
        sizeBytes,
        use,
        label,
        reads: reads[tensor.heat],
      };
      return cuttable
        ? { ...piece, rows: { of: tensor.name, first: firstRow, count: nRows, rowBytes } }
        : piece;
    });
  });
  if (manifest.scratchSizeBytes > 0)
    pieces.push({
      ...{ key: scratchKey, sizeBytes: manifest.scratchSizeBytes },
      ...{ use: "scratch", label: "scratch", reads: reads.scratch },
    });
  return pieces;
}

export interface StoragePlacement<M extends DeviceMemory> {
  readonly placement: Placement<M>;
  /** A buffer that both the host and the device reach, where some memory is out of the host's sight. */
  readonly staging: Placement<M> | null;
}

/** Places all pieces, and staging if any needs it, or none. Errors: memory-refused, device-lost. */
export function placeStorage<M extends DeviceMemory>(
  allocator: Allocator<M>,
  pieces: readonly Piece[],
  hostSees: (memoryType: number) => boolean,
): StoragePlacement<M> {
  const placement = allocator.place(pieces);
  const hidden = placement.blocks
    .filter(({ memory }) => !hostSees(memory.type))
    .flatMap((block) => block.pieces);
  if (hidden.length === 0) return { placement, staging: null };
  try {
    return {
      placement,
      staging: placeStaging(allocator, Math.max(...hidden.map(({ sizeBytes }) => sizeBytes))),
    };
  } catch (error) {
    placement.free();
    throw error;
  }
}

/** The most useful size, or less where there isn't that much: copies then only need more rounds. */
export function placeStaging<M extends DeviceMemory>(
  allocator: Allocator<M>,
  largestPieceBytes: number,
): Placement<M> {
  for (
    let sizeBytes = Math.min(largestStagingBytes, largestPieceBytes);
    ;
    sizeBytes = Math.ceil(sizeBytes / 2)
  ) {
    try {
      return allocator.place([{ key: stagingKey, sizeBytes, use: "readBack", label: "staging", reads: 0 }]);
    } catch (error) {
      if (!(error instanceof MemoryRefusedError) || sizeBytes <= smallestStagingBytes) throw error;
    }
  }
}

const uses = {
  /** Inputs and outputs of a run are where the host reaches them without a copy. */
  input: { use: "upload", label: "inputs" },
  output: { use: "readBack", label: "outputs" },
  hot: { use: "hotWeights", label: "weights" },
  cold: { use: "coldWeights", label: "weights" },
  state: { use: "caches", label: "caches" },
} as const;

function useOf({ role, heat }: Tensor): (typeof uses)[keyof typeof uses] {
  if (role === "weight") return heat === "token" ? uses.hot : uses.cold;
  return role === "input" || role === "output" ? uses[role] : uses.state;
}
