import type { Card, CardHeap } from "./card.js";
import { freeBytes, leaving } from "./free.js";

const MiB = 2 ** 20;

/** States of a card before this program starts, and what each leaves free. */
const changes = {
  /** Nothing else is on the card. */
  nothing: (card: Card): Card => card,
  /** Others have 95 % of every device-local heap. */
  "95-percent-taken": (card: Card): Card =>
    onDevice(card, (heap) => leaving(heap, Math.min(freeBytes(heap), Math.floor(heap.sizeBytes / 20)))),
  /** Others have left 64 MiB of every device-local heap. */
  "64-mib-free": (card: Card): Card =>
    onDevice(card, (heap) => leaving(heap, Math.min(freeBytes(heap), 64 * MiB))),
  /** Device-local memory is fragmented; the host's is virtual, so that its fragments don't show. */
  "32-mib-pieces": (card: Card): Card =>
    onDevice(card, (heap) => ({
      ...heap,
      largestFreeBytes: Math.min(heap.largestFreeBytes ?? heap.sizeBytes, 32 * MiB),
    })),
  "64-allocations": (card: Card): Card => ({
    ...card,
    limits: {
      ...card.limits,
      maxMemoryAllocationCount: Math.min(card.limits.maxMemoryAllocationCount, 64),
    },
  }),
} as const;

/** The variations of gpu-layouts.md that are data; those that happen in the middle of a run are the simulation's. */
export type Variation = keyof typeof changes;

export const variations = Object.keys(changes) as readonly Variation[];

/** The card after a variation. It never has more than before. */
export function vary(card: Card, variation: Variation): Card {
  return changes[variation](card);
}

function onDevice(card: Card, change: (heap: CardHeap) => CardHeap): Card {
  return { ...card, heaps: card.heaps.map((heap) => (heap.deviceLocal ? change(heap) : heap)) };
}
