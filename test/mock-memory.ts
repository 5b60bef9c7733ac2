import type {
  DeviceMemory,
  HeapBudget,
  MemoryDevice,
  MemoryHeap,
  MemoryLimits,
  MemoryType,
  Refusal,
} from "../src/memory/index.js";

/** [size in bytes, device-local] a heap and [flags, heap] a type, as vulkaninfo prints them. */
export interface MockLayout {
  readonly heaps: readonly (readonly [sizeBytes: number, deviceLocal: boolean])[];
  readonly types: readonly (readonly [flags: number, heap: number])[];
  readonly limits?: Partial<MemoryLimits>;
  readonly budgets?: readonly HeapBudget[];
  readonly usableTypes?: number;
}

/** A purely simulated card: refuses what its heaps have no room for, and whatever `refuse` says. */
export class MockDevice implements MemoryDevice<DeviceMemory> {
  readonly heaps: readonly MemoryHeap[];
  readonly types: readonly MemoryType[];
  readonly usableTypes: number;
  readonly limits: MemoryLimits;
  readonly alive = new Set<DeviceMemory>();
  /** Called before each allocation with its number from 0 on; a string is a refusal, an error is thrown. */
  refuse: (nth: number, type: number, sizeBytes: number) => string | Error | null = () => null;
  readonly #budgets: readonly HeapBudget[] | null;
  #nth = 0;

  constructor({ heaps, types, limits, budgets, usableTypes }: MockLayout) {
    this.heaps = heaps.map(([sizeBytes, deviceLocal]) => ({ sizeBytes, deviceLocal }));
    this.types = types.map(([flags, heap]) => ({ flags, heap }));
    this.usableTypes = usableTypes ?? 2 ** types.length - 1;
    const none = Number.POSITIVE_INFINITY;
    this.limits = { maxAllocationSizeBytes: none, maxAllocationCount: 4096, maxHostBytes: none, ...limits };
    this.#budgets = budgets ?? null;
  }

  budget(): readonly HeapBudget[] | null {
    return this.#budgets;
  }

  allocate(type: number, sizeBytes: number): DeviceMemory | Refusal {
    const refusal = this.refuse(this.#nth++, type, sizeBytes);
    if (refusal instanceof Error) throw refusal;
    if (refusal !== null) return { refused: refusal };
    const { heap } = this.types[type]!;
    if (this.usedBytes(heap) + sizeBytes > this.heaps[heap]!.sizeBytes)
      return { refused: "VK_ERROR_OUT_OF_DEVICE_MEMORY" };
    const memory: DeviceMemory = {
      sizeBytes,
      type,
      write: noContents,
      read: noContents,
      free: () => {
        if (!this.alive.delete(memory)) throw new Error("freed twice");
      },
    };
    this.alive.add(memory);
    return memory;
  }

  usedBytes(heap: number): number {
    return [...this.alive].reduce((sum, m) => sum + (this.types[m.type]!.heap === heap ? m.sizeBytes : 0), 0);
  }
}

function noContents(): never {
  throw new Error("simulated memory has no contents");
}
