/**
 * A card as data: its memory as Vulkan reports it, what is free, and the other properties that change what a program
 * does on it. All sizes in bytes. One JSON file a card in assets/cards/ (where both a checkout and the package find it), read
 * and checked by readCard(). Numbers are as the driver reports them, even odd ones: the planner must clamp them.
 */
export interface Card {
  /** Its name for --simulate: "amd-rx5700xt-windows". */
  readonly name: string;
  /** VkPhysicalDeviceProperties and the driver. */
  readonly device: {
    readonly name: string;
    readonly type: "discrete" | "integrated" | "virtual" | "cpu" | "other";
    readonly vendorId: number;
    readonly driver: string;
    readonly apiVersion: readonly [major: number, minor: number];
  };
  readonly heaps: readonly CardHeap[];
  /** flags: VkMemoryPropertyFlags; heap: index into heaps. */
  readonly types: readonly { readonly flags: number; readonly heap: number }[];
  readonly limits: CardLimits;
  /** Names of Vulkan features that the card has, e.g. "shaderFloat16"; null: those of the driver underneath. */
  readonly features: readonly string[] | null;
  /** Names of extensions; null: those of the driver underneath. */
  readonly extensions: readonly string[] | null;
  /** Memory of the machine the card is in; a spill takes at most half of it. */
  readonly ramBytes: number;
  /** Paths of values that no source gives, so that they are plausible guesses: "limits.maxBufferSize". */
  readonly assumed: readonly string[];
}

/** A heap of a card. Sizes in bytes. */
export interface CardHeap {
  readonly sizeBytes: number;
  readonly deviceLocal: boolean;
  /**
   * What this process may use and what is in use already. Without them the whole heap is free. The driver reports them
   * where the card has VK_EXT_memory_budget, and refuses what goes beyond them in any case.
   */
  readonly budgetBytes?: number;
  readonly usageBytes?: number;
  /** The largest possible allocation, where the heap is fragmented. */
  readonly largestFreeBytes?: number;
}

/** VkPhysicalDeviceLimits as far as they change what a program does. Sizes in bytes. */
export interface CardLimits {
  readonly maxMemoryAllocationSize: number;
  readonly maxMemoryAllocationCount: number;
  readonly maxBufferSize: number;
  readonly maxStorageBufferRange: number;
  readonly minStorageBufferOffsetAlignment: number;
  readonly nonCoherentAtomSize: number;
  /** Subgroup size, shared memory and the like, as VkPhysicalDeviceLimits names them; missing: the driver's. */
  readonly maxComputeSharedMemorySize?: number;
  readonly maxComputeWorkGroupInvocations?: number;
  readonly subgroupSize?: number;
}
