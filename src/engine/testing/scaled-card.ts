import type { MemoryManifest } from "../../backend/backend.js";
import { defaultBlockBytes } from "../../memory/allocator.js";
import type { Card, CardHeap } from "../../memory/simulate/index.js";

/** How much smaller one model is than another, as far as it decides where things go. */
export interface Scale {
  /** Heaps, budgets and limits are divided by this: the bytes that should be in the device's memory. */
  readonly bytes: number;
  /** What the largest free piece of a heap is divided by: scratch, the largest piece that is never cut, has to fit in. */
  readonly holes: number;
}

export function scaleOf(large: MemoryManifest, small: MemoryManifest): Scale {
  return {
    bytes: wantedBytes(large) / wantedBytes(small),
    holes: large.scratchSizeBytes / small.scratchSizeBytes,
  };
}

/** Inputs and outputs don't shrink with a model: they are left out. */
function wantedBytes({ entries, scratchSizeBytes }: MemoryManifest): number {
  const isBuffer = (role: string) => role === "input" || role === "output";
  return entries.reduce(
    (sum, { tensor, sizeBytes }) => sum + (isBuffer(tensor.role) ? 0 : sizeBytes),
    scratchSizeBytes,
  );
}

/** The card as small for the small model as it is for the large one. */
export function scaledCard(card: Card, scale: Scale): Card {
  const scaled = (bytes: number) => Math.floor(bytes / scale.bytes);
  const heapOf = ({ sizeBytes, deviceLocal, budgetBytes, usageBytes, largestFreeBytes }: CardHeap) => ({
    sizeBytes: scaled(sizeBytes),
    deviceLocal,
    ...(budgetBytes !== undefined && { budgetBytes: scaled(budgetBytes) }),
    ...(usageBytes !== undefined && { usageBytes: scaled(usageBytes) }),
    ...(largestFreeBytes !== undefined && { largestFreeBytes: Math.floor(largestFreeBytes / scale.holes) }),
  });
  return {
    ...card,
    heaps: card.heaps.map(heapOf),
    limits: {
      ...card.limits,
      maxMemoryAllocationSize: scaled(card.limits.maxMemoryAllocationSize),
      maxBufferSize: scaled(card.limits.maxBufferSize),
      maxStorageBufferRange: scaled(card.limits.maxStorageBufferRange),
    },
    ramBytes: scaled(card.ramBytes),
  };
}

export function scaledBlockBytes(scale: Scale): number {
  return Math.floor(defaultBlockBytes / scale.bytes);
}
