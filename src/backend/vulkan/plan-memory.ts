import { WhisperVulkanError } from "../../errors.js";
import {
  Allocator,
  type AllocatorOptions,
  Ledger,
  type MemoryPlan,
  MemoryRefusedError,
  type MemorySnapshot,
  memoryFlags,
  planOf,
  SnapshotDevice,
} from "../../memory/index.js";
import type { MemoryManifest } from "../backend.js";
import { type CutLimits, piecesOf, placeStorage } from "./pieces.js";

/** What placing depends on besides the tensors: a device's memory and its limits on buffers. */
export interface PlanningInputs {
  readonly snapshot: MemorySnapshot;
  readonly cut: CutLimits;
  readonly memory: AllocatorOptions;
}

/** The two limits of a device that say how tensors are cut and aligned. */
export function planningLimits(limits: {
  readonly maxStorageBufferRange: number;
  readonly maxAllocationSizeBytes: number;
  readonly minStorageBufferOffsetAlignment: number;
  readonly nonCoherentAtomSize: number;
}): { readonly maxBindingBytes: number; readonly alignmentBytes: number } {
  return {
    // 0 is what some drivers say for no limit
    maxBindingBytes: Math.min(limits.maxStorageBufferRange || 2 ** 27, limits.maxAllocationSizeBytes),
    // 256 is the largest offset alignment a device may ask for, and keeps vector loads aligned
    alignmentBytes: Math.max(256, limits.minStorageBufferOffsetAlignment, limits.nonCoherentAtomSize),
  };
}

/** Where a manifest's tensors would be: the code that allocates, run on a snapshot. */
export function planManifest(
  manifest: MemoryManifest,
  { snapshot, cut, memory }: PlanningInputs,
): MemoryPlan {
  const ledger = new Ledger();
  const rules = { vramLimitBytes: memory.vramLimitBytes ?? Number.POSITIVE_INFINITY };
  const hostSees = (type: number) => (snapshot.types[type]!.flags & memoryFlags.hostVisible) !== 0;
  try {
    const allocator = new Allocator(new SnapshotDevice(snapshot), ledger, memory);
    const { placement, staging } = placeStorage(allocator, piecesOf(manifest, cut), hostSees);
    return planOf(snapshot, staging ? [placement, staging] : [placement], ledger, rules);
  } catch (error) {
    if (!(error instanceof WhisperVulkanError) || error.code !== "memory-refused") throw error;
    // a tensor that cannot be bound is refused before anything is asked for
    const refused =
      error instanceof MemoryRefusedError
        ? error
        : { message: error.message, neededBytes: manifest.totalSizeBytes };
    return planOf(snapshot, refused, ledger, rules);
  }
}
