import {
  type DeviceMemory,
  type HeapBudget,
  type MemoryLimits,
  type Refusal,
  SnapshotDevice,
} from "../src/memory/index.js";

/** [size in bytes, device-local] a heap and [flags, heap] a type, as vulkaninfo prints them. */
export interface MockLayout {
  readonly heaps: readonly (readonly [sizeBytes: number, deviceLocal: boolean])[];
  readonly types: readonly (readonly [flags: number, heap: number])[];
  readonly limits?: Partial<MemoryLimits>;
  readonly budgets?: readonly HeapBudget[];
  readonly usableTypes?: number;
}

const none = Number.POSITIVE_INFINITY;
const noLimits: MemoryLimits = {
  maxAllocationSizeBytes: none,
  maxAllocationCount: 4096,
  maxHostBytes: none,
};

/** A device without hardware that also refuses whatever `refuse` says, and knows what is allocated. */
export class MockDevice extends SnapshotDevice {
  readonly alive = new Set<DeviceMemory>();
  /** Called before each allocation with its number from 0 on; a string is a refusal, an error is thrown. */
  refuse: (nth: number, type: number, sizeBytes: number) => string | Error | null = () => null;
  #nth = 0;

  constructor({ heaps, types, limits, budgets, usableTypes }: MockLayout) {
    super({
      heaps: heaps.map(([sizeBytes, deviceLocal]) => ({ sizeBytes, deviceLocal })),
      types: types.map(([flags, heap]) => ({ flags, heap })),
      usableTypes: usableTypes ?? 2 ** types.length - 1,
      limits: { ...noLimits, ...limits },
      budgets: budgets ?? null,
    });
  }

  override allocate(type: number, sizeBytes: number): DeviceMemory | Refusal {
    const refusal = this.refuse(this.#nth++, type, sizeBytes);
    if (refusal instanceof Error) throw refusal;
    if (refusal !== null) return { refused: refusal };
    const given = super.allocate(type, sizeBytes);
    if ("refused" in given) return given;
    const memory: DeviceMemory = {
      ...given,
      free: () => {
        if (!this.alive.delete(memory)) throw new Error("freed twice");
        given.free();
      },
    };
    this.alive.add(memory);
    return memory;
  }

  usedBytes(heap: number): number {
    return this.heldBytes[heap]!;
  }
}
