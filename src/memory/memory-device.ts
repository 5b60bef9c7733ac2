/** VkMemoryPropertyFlags that decide where things go. */
export const memoryFlags = {
  deviceLocal: 0x1,
  hostVisible: 0x2,
  hostCoherent: 0x4,
  hostCached: 0x8,
  lazilyAllocated: 0x10,
  protected: 0x20,
  deviceCoherentAmd: 0x40,
  deviceUncachedAmd: 0x80,
} as const;

/** VkMemoryHeap. */
export interface MemoryHeap {
  readonly sizeBytes: number;
  readonly deviceLocal: boolean;
}

/** VkMemoryType. */
export interface MemoryType {
  readonly flags: number;
  readonly heap: number;
}

/** What a heap has left for this process, as the driver estimates it. */
export interface HeapBudget {
  readonly budgetBytes: number;
  readonly usageBytes: number;
}

/**
 * What is left in a heap. Everything is clamped: drivers report budgets above the heap, usages above the budget, and 2^64 - 1.
 * Where they report nothing, the whole heap is left.
 */
export function leftBytes(sizeBytes: number, budget: Partial<HeapBudget> | null | undefined): number {
  const budgetBytes = Math.min(Math.max(0, budget?.budgetBytes ?? sizeBytes), sizeBytes);
  return budgetBytes - Math.min(Math.max(0, budget?.usageBytes ?? 0), budgetBytes);
}

/** What a device allows, and the most that may be requested of it. */
export interface MemoryLimits {
  /** Largest single allocation. */
  readonly maxAllocationSizeBytes: number;
  readonly maxAllocationCount: number;
  /** The most that may be taken of heaps that are not device-local. */
  readonly maxHostBytes: number;
}

/** Allocated memory: one allocation, usable by the device as a whole. */
export interface DeviceMemory {
  readonly sizeBytes: number;
  readonly type: number;
  /** Copies into or out of mapped memory; only where the type is HOST_VISIBLE. Offsets in bytes. */
  write(offsetBytes: number, bytes: Uint8Array): void;
  read(offsetBytes: number, into: Uint8Array): void;
  free(): void;
}

/** Why an allocation was not made. A lost device is not a refusal but an error. */
export interface Refusal {
  readonly refused: string;
}

/**
 * A place to take memory from: a real card, a real one made to behave like another, or a pure simulation.
 * Knows nothing of what is put there.
 */
export interface MemoryDevice<M extends DeviceMemory = DeviceMemory> {
  readonly heaps: readonly MemoryHeap[];
  readonly types: readonly MemoryType[];
  /** Bit i is set if memory type i can hold what we allocate. */
  readonly usableTypes: number;
  readonly limits: MemoryLimits;
  /** Per heap, or null where the driver does not report it. */
  budget(): readonly HeapBudget[] | null;
  /** priority: 0 to 1, what the driver keeps longest when memory runs short. Throws only when the device is lost. */
  allocate(type: number, sizeBytes: number, priority: number): M | Refusal;
}

/** The flags as text: "DEVICE_LOCAL|HOST_VISIBLE". */
export function flagNames(flags: number): string {
  const names = [
    [memoryFlags.deviceLocal, "DEVICE_LOCAL"],
    [memoryFlags.hostVisible, "HOST_VISIBLE"],
    [memoryFlags.hostCoherent, "HOST_COHERENT"],
    [memoryFlags.hostCached, "HOST_CACHED"],
  ] as const;
  return names.flatMap(([bit, name]) => (flags & bit ? [name] : [])).join("|") || "no flags";
}
