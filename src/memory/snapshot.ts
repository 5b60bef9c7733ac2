import { WhisperVulkanError } from "../errors.js";
import type { MemoryBandwidth } from "./bandwidth.js";
import type {
  DeviceMemory,
  HeapBudget,
  MemoryDevice,
  MemoryHeap,
  MemoryLimits,
  MemoryType,
  Refusal,
} from "./memory-device.js";

/** A device's memory at one moment, as plain data: what planning needs, without anything that changes on its own. */
export interface MemorySnapshot {
  readonly heaps: readonly MemoryHeap[];
  readonly types: readonly MemoryType[];
  /** Bit i: memory type i can hold what is allocated. */
  readonly usableTypes: number;
  readonly limits: MemoryLimits;
  /** Per heap, or null where the driver does not report it. */
  readonly budgets: readonly HeapBudget[] | null;
  /** Per heap the largest possible allocation, where the heap is known to be fragmented. */
  readonly largestFreeBytes?: readonly (number | null)[];
  /** Where they were measured. */
  readonly bandwidth?: MemoryBandwidth;
}

/** What a device reports at this moment. */
export function takeSnapshot(device: MemoryDevice): MemorySnapshot {
  const { heaps, types, usableTypes, limits } = device;
  return { heaps, types, usableTypes, limits, budgets: device.budget() };
}

/** A device without hardware, which grants and refuses according to a snapshot: allocating from it is planning. */
export class SnapshotDevice implements MemoryDevice {
  readonly heaps: readonly MemoryHeap[];
  readonly types: readonly MemoryType[];
  readonly usableTypes: number;
  readonly limits: MemoryLimits;
  readonly #snapshot: MemorySnapshot;
  readonly #heldBytes: number[];
  #nAllocations = 0;

  constructor(snapshot: MemorySnapshot) {
    this.#snapshot = snapshot;
    this.heaps = snapshot.heaps;
    this.types = snapshot.types;
    this.usableTypes = snapshot.usableTypes;
    this.limits = snapshot.limits;
    this.#heldBytes = snapshot.heaps.map(() => 0);
  }

  budget(): readonly HeapBudget[] | null {
    return (
      this.#snapshot.budgets?.map(({ budgetBytes, usageBytes }, heap) => ({
        budgetBytes,
        usageBytes: usageBytes + this.#heldBytes[heap]!,
      })) ?? null
    );
  }

  /** Per heap, bytes given out and not freed. */
  get heldBytes(): readonly number[] {
    return this.#heldBytes;
  }

  allocate(type: number, sizeBytes: number): DeviceMemory | Refusal {
    const heap = this.types[type]?.heap ?? -1;
    if (!this.heaps[heap]) throw new Error(`there is no memory type ${type} with a heap`);
    const { maxAllocationSizeBytes, maxAllocationCount } = this.limits;
    if (sizeBytes > maxAllocationSizeBytes) return { refused: "more than maxMemoryAllocationSize" };
    if (this.#nAllocations >= maxAllocationCount) return { refused: "maxMemoryAllocationCount is reached" };
    if (sizeBytes > this.#freeBytes(heap)) return { refused: "the heap is full" };
    if (sizeBytes > (this.#snapshot.largestFreeBytes?.[heap] ?? Number.POSITIVE_INFINITY))
      return { refused: "the heap is fragmented" };
    this.#heldBytes[heap]! += sizeBytes;
    this.#nAllocations++;
    const unreachable = () => {
      throw new Error("a snapshot has no real memory");
    };
    return {
      ...{ sizeBytes, type, write: unreachable, read: unreachable },
      free: () => {
        this.#heldBytes[heap]! -= sizeBytes;
        this.#nAllocations--;
      },
    };
  }

  /** Memory that others hold cannot be taken. A budget below that is advice, which a driver exceeds. */
  #freeBytes(heap: number): number {
    const usage = this.#snapshot.budgets?.[heap]?.usageBytes ?? 0;
    return (
      this.heaps[heap]!.sizeBytes - Math.min(usage, this.heaps[heap]!.sizeBytes) - this.#heldBytes[heap]!
    );
  }
}

/**
 * The snapshot with that much free, the rest held by others (--free HEAP=SIZE): bytes by heap; more than a heap means all
 * of it. name: of the device or card, for people. Error: option-invalid, where there is no such heap.
 */
export function withFreeBytes(
  snapshot: MemorySnapshot,
  free: Readonly<Record<number, number>>,
  name: string,
): MemorySnapshot {
  const wrong = Object.keys(free).find((heap) => !Object.keys(snapshot.heaps).includes(heap));
  if (wrong !== undefined) throw noSuchHeap(name, wrong, snapshot.heaps.length);
  if (Object.keys(free).length === 0) return snapshot;
  const budgets = snapshot.heaps.map(({ sizeBytes }, heap) => {
    const freeBytes = free[heap];
    const known = snapshot.budgets?.[heap] ?? { budgetBytes: sizeBytes, usageBytes: 0 };
    return freeBytes === undefined
      ? known
      : { budgetBytes: sizeBytes, usageBytes: sizeBytes - Math.min(Math.max(0, freeBytes), sizeBytes) };
  });
  return { ...snapshot, budgets };
}

function noSuchHeap(name: string, heap: string, nHeaps: number): WhisperVulkanError {
  const last = nHeaps - 1;
  return new WhisperVulkanError("option-invalid", `${name} has no heap ${heap}`, {
    hint: last < 0 ? "It has no heap at all." : `Its heaps are 0${last > 0 ? ` to ${last}` : " only"}.`,
  });
}
