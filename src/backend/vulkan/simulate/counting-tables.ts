import { VK_SUCCESS } from "../bindings/generated/constants.js";
import { VkMemoryAllocateInfo, VkPhysicalDeviceMemoryProperties } from "../bindings/generated/structs.js";
import { decode } from "../bindings/layout.js";
import type { Pointer } from "../bindings/signature.js";
import type { Tables } from "../instance.js";
import { readBytes } from "./foreign-memory.js";
import { type CallName, watching } from "./layer.js";
import { type Holder, LiveHandles } from "./live-handles.js";

/** How many handles of each kind are alive, and what the driver was asked since the tables were made. */
export interface Counts {
  readonly handles: Readonly<Record<HandleKind, number>>;
  /** Bytes allocated and not freed, per heap. */
  readonly heapBytes: readonly number[];
  /** Uses of vkAllocateMemory, refused ones included. */
  readonly allocations: number;
  /** How often each call was used; unused calls are missing. */
  readonly calls: Readonly<Partial<Record<CallName, number>>>;
}

/** What a program makes and has to destroy; command buffers and descriptor sets go with their pools. */
export type HandleKind = keyof typeof kinds;

/** A driver whose calls are counted. */
export interface CountedTables extends Tables {
  counts(): Counts;
  /** The live handles and where they were made, oldest first. */
  holders(): readonly Holder[];
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

export interface CountingOptions {
  /** Whether holders() says where each handle was made, which is slow. Default: WHISPER_VULKAN_TEST_LEAKS=1. */
  readonly stacks?: boolean;
}

/**
 * Wraps a driver, real or simulated, and counts its calls. Destroying a handle that isn't alive is an Error: a real
 * driver would crash or destroy another object.
 */
export function countingTables(
  tables: Tables,
  { stacks = process.env.WHISPER_VULKAN_TEST_LEAKS === "1" }: CountingOptions = {},
): CountedTables {
  const calls = new Map<CallName, number>();
  const alive = new LiveHandles(stacks);
  const heapOf = new HeapOfType();
  const counted = watching(tables, {
    before(name, parameters) {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      const destroyer = destroyers.get(name);
      if (destroyer) alive.dead(name, destroyer[0], parameters[destroyer[1]] as bigint);
      return undefined;
    },
    after(name, parameters, result) {
      const pointer = (index: number) => parameters[index] as Exclude<Pointer, null>;
      if (name === "vkGetPhysicalDeviceMemoryProperties") heapOf.learn(pointer(1), 0);
      if (name === "vkGetPhysicalDeviceMemoryProperties2") heapOf.learn(pointer(1), 16);
      const maker = makers.get(name);
      if (!maker || result !== VK_SUCCESS) return;
      const [kind, out] = maker;
      const n = name === "vkCreateComputePipelines" ? (parameters[2] as number) : 1;
      const made = readBytes(pointer(out), n * 8);
      const memory = name === "vkAllocateMemory" ? heapOf.memoryOf(pointer(1)) : undefined;
      for (let i = 0; i < n; i++) alive.born(kind, made.readBigUInt64LE(i * 8), memory);
    },
  });
  return {
    ...counted,
    holders: () => alive.holders(),
    counts() {
      const handles = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0])) as Record<
        HandleKind,
        number
      >;
      const heapBytes = Array<number>(heapOf.nHeaps).fill(0);
      for (const { kind, memory } of alive.holders()) {
        handles[kind]++;
        if (memory) heapBytes[memory.heap] = (heapBytes[memory.heap] ?? 0) + memory.sizeBytes;
      }
      const allocations = calls.get("vkAllocateMemory") ?? 0;
      return { handles, heapBytes, allocations, calls: Object.fromEntries(calls) };
    },
  };
}

/** Which memory type is in which heap, read off the driver's own answer. */
class HeapOfType {
  nHeaps = 0;
  #heaps: readonly number[] = [];

  learn(properties: Exclude<Pointer, null>, offset: number): void {
    const type = VkPhysicalDeviceMemoryProperties;
    const { memoryHeapCount, memoryTypes } = decode(
      type,
      readBytes(properties, offset + type.sizeBytes),
      offset,
    );
    this.nHeaps = memoryHeapCount;
    this.#heaps = memoryTypes.map(({ heapIndex }) => heapIndex);
  }

  memoryOf(info: Exclude<Pointer, null>): { readonly heap: number; readonly sizeBytes: number } {
    const bytes = readBytes(info, VkMemoryAllocateInfo.sizeBytes);
    const { allocationSize, memoryTypeIndex } = decode(VkMemoryAllocateInfo, bytes);
    return { heap: this.#heaps[memoryTypeIndex] ?? 0, sizeBytes: Number(allocationSize) };
  }
}
