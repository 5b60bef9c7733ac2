import type { MemorySnapshot } from "../snapshot.js";
import type { Card } from "./card.js";

/** A card's memory as planning sees it. A spill takes at most half of the machine's memory. */
export function snapshotOf(card: Card): MemorySnapshot {
  const { heaps, types, limits, ramBytes } = card;
  const told = heaps.some(
    ({ budgetBytes, usageBytes }) => budgetBytes !== undefined || usageBytes !== undefined,
  );
  return {
    heaps: heaps.map(({ sizeBytes, deviceLocal }) => ({ sizeBytes, deviceLocal })),
    types,
    usableTypes: 2 ** types.length - 1,
    limits: {
      maxAllocationSizeBytes: Math.min(limits.maxMemoryAllocationSize, limits.maxBufferSize),
      maxAllocationCount: limits.maxMemoryAllocationCount,
      maxHostBytes: ramBytes / 2,
    },
    budgets: told
      ? heaps.map(({ sizeBytes, budgetBytes = sizeBytes, usageBytes = 0 }) => ({ budgetBytes, usageBytes }))
      : null,
    largestFreeBytes: heaps.map(({ largestFreeBytes }) => largestFreeBytes ?? null),
  };
}
