import { VK_SUCCESS } from "../bindings/generated/constants.js";
import { VkMemoryAllocateInfo, VkPhysicalDeviceMemoryProperties } from "../bindings/generated/structs.js";
import { decode } from "../bindings/layout.js";
import type { Pointer } from "../bindings/signature.js";
import type { Tables } from "../instance.js";
import { readBytes } from "./foreign-memory.js";
import { type CallName, watching } from "./layer.js";

/** How many are alive of each kind of handle, and what went on at the driver since the tables were made. */
export interface Counts {
  readonly handles: Readonly<Record<HandleKind, number>>;
  /** Bytes allocated and not freed, per heap. */
  readonly heapBytes: readonly number[];
  /** Uses of vkAllocateMemory, refused ones included. */
  readonly allocations: number;
  /** How often each call was used; those never used are missing. */
  readonly calls: Readonly<Partial<Record<CallName, number>>>;
}

/** What a program makes and has to destroy; command buffers and descriptor sets go with their pools. */
export type HandleKind = keyof typeof kinds;

/** A driver that is counted. */
export interface CountedTables extends Tables {
  counts(): Counts;
}

/** Which call makes a kind of handle, at which parameter it writes them, and which call destroys one given where. */
const kinds = {
  instance: ["vkCreateInstance", 2, "vkDestroyInstance", 0],
  device: ["vkCreateDevice", 3, "vkDestroyDevice", 0],
  buffer: ["vkCreateBuffer", 3, "vkDestroyBuffer", 1],
  memory: ["vkAllocateMemory", 3, "vkFreeMemory", 1],
  shaderModule: ["vkCreateShaderModule", 3, "vkDestroyShaderModule", 1],
  pipeline: ["vkCreateComputePipelines", 5, "vkDestroyPipeline", 1],
  pipelineLayout: ["vkCreatePipelineLayout", 3, "vkDestroyPipelineLayout", 1],
  descriptorSetLayout: ["vkCreateDescriptorSetLayout", 3, "vkDestroyDescriptorSetLayout", 1],
  descriptorPool: ["vkCreateDescriptorPool", 3, "vkDestroyDescriptorPool", 1],
  commandPool: ["vkCreateCommandPool", 3, "vkDestroyCommandPool", 1],
  fence: ["vkCreateFence", 3, "vkDestroyFence", 1],
} as const satisfies Record<string, readonly [CallName, number, CallName, number]>;

const makers = new Map<CallName, readonly [HandleKind, number]>();
const destroyers = new Map<CallName, readonly [HandleKind, number]>();
for (const [kind, [make, out, destroy, handle]] of Object.entries(kinds)) {
  makers.set(make, [kind as HandleKind, out]);
  destroyers.set(destroy, [kind as HandleKind, handle]);
}

/**
 * Wraps a driver, real or simulated, and counts what goes by. Destroying a handle that isn't alive is an Error: a
 * driver would crash or take away another's.
 */
export function countingTables(tables: Tables): CountedTables {
  const calls = new Map<CallName, number>();
  // a driver may give the same handle out several times for things that are alike
  const alive = new Map<HandleKind, Map<bigint, number>>(
    (Object.keys(kinds) as HandleKind[]).map((kind) => [kind, new Map()]),
  );
  const heaps = new HeapBytes();

  const born = (kind: HandleKind, handle: bigint) => {
    const handles = alive.get(kind)!;
    handles.set(handle, (handles.get(handle) ?? 0) + 1);
  };
  const dead = (name: CallName, kind: HandleKind, handle: bigint) => {
    if (handle === 0n) return; // which Vulkan ignores
    const handles = alive.get(kind)!;
    const n = handles.get(handle) ?? 0;
    if (n === 0) throw new Error(`${name}: there is no ${kind} 0x${handle.toString(16)}`);
    if (n > 1) handles.set(handle, n - 1);
    else handles.delete(handle);
  };

  const counted = watching(tables, {
    before(name, parameters) {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      const destroyer = destroyers.get(name);
      if (destroyer) dead(name, destroyer[0], parameters[destroyer[1]] as bigint);
      if (name === "vkFreeMemory") heaps.freed(parameters[1] as bigint);
      return undefined;
    },
    after(name, parameters, result) {
      const pointer = (index: number) => parameters[index] as Exclude<Pointer, null>;
      if (name === "vkGetPhysicalDeviceMemoryProperties") heaps.learn(pointer(1), 0);
      if (name === "vkGetPhysicalDeviceMemoryProperties2") heaps.learn(pointer(1), 16);
      const maker = makers.get(name);
      if (!maker || result !== VK_SUCCESS) return;
      const [kind, out] = maker;
      const n = name === "vkCreateComputePipelines" ? (parameters[2] as number) : 1;
      const made = readBytes(pointer(out), n * 8);
      for (let i = 0; i < n; i++) born(kind, made.readBigUInt64LE(i * 8));
      if (name === "vkAllocateMemory") heaps.allocated(made.readBigUInt64LE(), pointer(1));
    },
  });
  const live = (kind: HandleKind) => [...alive.get(kind)!.values()].reduce((sum, n) => sum + n, 0);
  return {
    ...counted,
    counts: () => ({
      handles: Object.fromEntries([...alive.keys()].map((kind) => [kind, live(kind)])) as Counts["handles"],
      heapBytes: heaps.bytes(),
      allocations: calls.get("vkAllocateMemory") ?? 0,
      calls: Object.fromEntries(calls),
    }),
  };
}

/** Bytes alive per heap; which type lies in which heap is read off the driver's own answer. */
class HeapBytes {
  #nHeaps = 0;
  #heapOfType: readonly number[] = [];
  readonly #memories = new Map<bigint, { readonly heap: number; readonly sizeBytes: number }>();

  learn(properties: Exclude<Pointer, null>, offset: number): void {
    const type = VkPhysicalDeviceMemoryProperties;
    const { memoryHeapCount, memoryTypes } = decode(
      type,
      readBytes(properties, offset + type.sizeBytes),
      offset,
    );
    this.#nHeaps = memoryHeapCount;
    this.#heapOfType = memoryTypes.map(({ heapIndex }) => heapIndex);
  }

  allocated(memory: bigint, info: Exclude<Pointer, null>): void {
    const bytes = readBytes(info, VkMemoryAllocateInfo.sizeBytes);
    const { allocationSize, memoryTypeIndex } = decode(VkMemoryAllocateInfo, bytes);
    this.#memories.set(memory, {
      heap: this.#heapOfType[memoryTypeIndex] ?? 0,
      sizeBytes: Number(allocationSize),
    });
  }

  freed(memory: bigint): void {
    this.#memories.delete(memory);
  }

  bytes(): number[] {
    const sums = Array<number>(this.#nHeaps).fill(0);
    for (const { heap, sizeBytes } of this.#memories.values()) sums[heap] = (sums[heap] ?? 0) + sizeBytes;
    return sums;
  }
}
