import { totalmem } from "node:os";
import {
  type DeviceMemory,
  type HeapBudget,
  type MemoryDevice,
  type MemoryLimits,
  memoryFlags,
  type Refusal,
} from "../../memory/index.js";
import {
  VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
  VK_BUFFER_USAGE_TRANSFER_DST_BIT,
  VK_BUFFER_USAGE_TRANSFER_SRC_BIT,
  VK_ERROR_DEVICE_LOST,
  VK_ERROR_MEMORY_MAP_FAILED,
  VK_ERROR_OUT_OF_DEVICE_MEMORY,
  VK_ERROR_OUT_OF_HOST_MEMORY,
  VK_SUCCESS,
} from "./bindings/generated/constants.js";
import * as structs from "./bindings/generated/structs.js";
import { decode, encode } from "./bindings/layout.js";
import type { Device } from "./device.js";
import { type MappedMemory, mappedMemory } from "./mapped-memory.js";
import { check, deviceLost, resultName } from "./result.js";

/** One VkDeviceMemory with one buffer over all of it. */
export interface BufferMemory extends DeviceMemory {
  readonly buffer: bigint;
}

/** vkMapMemory has a third: no room for it among the process's addresses. */
const outOfMemory: ReadonlySet<number> = new Set([
  VK_ERROR_OUT_OF_HOST_MEMORY,
  VK_ERROR_OUT_OF_DEVICE_MEMORY,
  VK_ERROR_MEMORY_MAP_FAILED,
]);

const usage =
  VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;

/** A real card's memory. Host-visible memory is mapped as a whole and stays so. */
export class VulkanMemory implements MemoryDevice<BufferMemory> {
  readonly #device: Device;
  readonly heaps;
  readonly types;
  readonly usableTypes: number;
  readonly limits: MemoryLimits;

  constructor(device: Device) {
    this.#device = device;
    const { report } = device;
    this.heaps = report.heaps;
    this.types = report.memoryTypes;
    this.limits = {
      maxAllocationSizeBytes: Math.min(report.limits.maxMemoryAllocationSize, report.limits.maxBufferSize),
      maxAllocationCount: report.limits.maxMemoryAllocationCount,
      maxHostBytes: totalmem() / 2,
    };
    // all buffers made here have the same flags, so their types are the same too
    const probe = this.#createBuffer(65536);
    if (typeof probe !== "bigint") check(probe.result, "vkCreateBuffer");
    this.usableTypes = this.#requirements(probe as bigint).memoryTypeBits;
    device.vk.vkDestroyBuffer(device.handle, probe as bigint, null);
  }

  budget(): readonly HeapBudget[] | null {
    return this.#device.memoryBudget();
  }

  /** The same device, of which only some memory types are used. */
  only(useType: (type: number) => boolean): MemoryDevice<BufferMemory> {
    const { heaps, types, limits } = this;
    const isUsable = (type: number) => Math.floor(this.usableTypes / 2 ** type) % 2 === 1 && useType(type);
    return {
      ...{ heaps, types, limits },
      usableTypes: types.reduce((bits, _, type) => bits + (isUsable(type) ? 2 ** type : 0), 0),
      budget: () => this.budget(),
      allocate: (type, sizeBytes, priority) => this.allocate(type, sizeBytes, priority),
    };
  }

  allocate(type: number, sizeBytes: number, priority: number): BufferMemory | Refusal {
    const { vk, handle, report } = this.#device;
    const undo: (() => void)[] = [];
    // drivers have many codes for "too much" at vkAllocateMemory; other calls have two, and any other code is a fault
    const refuse = (call: string, result: number): Refusal => {
      for (const step of undo.reverse()) step();
      if (result === VK_ERROR_DEVICE_LOST) throw deviceLost(call);
      if (call !== "vkAllocateMemory" && !outOfMemory.has(result)) check(result, call);
      return { refused: `${call}: ${resultName(result)}` };
    };
    const buffer = this.#createBuffer(sizeBytes);
    if (typeof buffer !== "bigint") return refuse("vkCreateBuffer", buffer.result);
    undo.push(() => vk.vkDestroyBuffer(handle, buffer, null));
    const allocationSize = Number(this.#requirements(buffer).size);
    const pNext = report.features.memoryPriority
      ? encode(structs.VkMemoryPriorityAllocateInfoEXT, { priority })
      : null;
    const info = encode(structs.VkMemoryAllocateInfo, { pNext, allocationSize, memoryTypeIndex: type });
    const out = Buffer.alloc(8);
    let result = vk.vkAllocateMemory(handle, info, null, out);
    if (result !== VK_SUCCESS) return refuse("vkAllocateMemory", result);
    const memory = out.readBigUInt64LE();
    undo.push(() => vk.vkFreeMemory(handle, memory, null));
    result = vk.vkBindBufferMemory(handle, buffer, memory, 0);
    if (result !== VK_SUCCESS) return refuse("vkBindBufferMemory", result);
    const { flags } = this.types[type]!;
    let mapped: MappedMemory | null = null;
    if (flags & memoryFlags.hostVisible) {
      result = vk.vkMapMemory(handle, memory, 0, allocationSize, 0, out);
      if (result !== VK_SUCCESS) return refuse("vkMapMemory", result);
      mapped = mappedMemory(out.readBigUInt64LE(), sizeBytes);
    }
    const coherent = (flags & memoryFlags.hostCoherent) !== 0;
    return {
      buffer,
      sizeBytes,
      type,
      write: (offsetBytes, bytes) => {
        hostAccess(mapped).write(offsetBytes, bytes);
        if (!coherent) this.#synchronise("Flush", memory, offsetBytes, bytes.byteLength, allocationSize);
      },
      read: (offsetBytes, into) => {
        if (!coherent) this.#synchronise("Invalidate", memory, offsetBytes, into.byteLength, allocationSize);
        hostAccess(mapped).read(offsetBytes, into);
      },
      free: () => {
        for (const step of undo.reverse()) step();
      },
    };
  }

  /** Flushes or invalidates, widened to whole atoms but not past the end. */
  #synchronise(
    what: "Flush" | "Invalidate",
    memory: bigint,
    offset: number,
    length: number,
    end: number,
  ): void {
    const { vk, handle, report } = this.#device;
    const atom = report.limits.nonCoherentAtomSize;
    const start = Math.floor(offset / atom) * atom;
    const stop = Math.min(Math.ceil((offset + length) / atom) * atom, end);
    const range = encode(structs.VkMappedMemoryRange, { memory, offset: start, size: stop - start });
    check(vk[`vk${what}MappedMemoryRanges`](handle, 1, range), `vk${what}MappedMemoryRanges`);
  }

  #createBuffer(size: number): bigint | { readonly result: number } {
    const out = Buffer.alloc(8);
    const info = encode(structs.VkBufferCreateInfo, { size, usage });
    const result = this.#device.vk.vkCreateBuffer(this.#device.handle, info, null, out);
    return result === VK_SUCCESS ? out.readBigUInt64LE() : { result };
  }

  #requirements(buffer: bigint) {
    const bytes = encode(structs.VkMemoryRequirements);
    this.#device.vk.vkGetBufferMemoryRequirements(this.#device.handle, buffer, bytes);
    return decode(structs.VkMemoryRequirements, bytes);
  }
}

function hostAccess(mapped: MappedMemory | null): MappedMemory {
  if (!mapped) throw new Error("host access to memory that is not host-visible");
  return mapped;
}
