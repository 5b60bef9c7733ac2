import { memoryFlags } from "../../../memory/index.js";
import type { Card } from "../../../memory/simulate/card.js";
import type { Vulkan } from "../bindings/functions.js";
import type { VulkanCalls } from "../bindings/generated/calls.js";
import {
  VK_ERROR_MEMORY_MAP_FAILED,
  VK_ERROR_OUT_OF_DEVICE_MEMORY,
  VK_SUCCESS,
} from "../bindings/generated/constants.js";
import * as structs from "../bindings/generated/structs.js";
import { decode, decodeArray, handles } from "../bindings/layout.js";
import type { Pointer } from "../bindings/signature.js";
import { type CardHeaps, unlessZero } from "./card-heaps.js";
import { patch, readBytes, writeBytes } from "./foreign-memory.js";
import { HostWindow } from "./host-window.js";
import { needsFeature, noBuffer, standIns } from "./real-types.js";

interface Allocation {
  readonly type: number;
  readonly sizeBytes: number;
  /** Null where the device underneath gave memory that can't be mapped. */
  readonly window: HostWindow | null;
  mapped: boolean;
}

const wholeSize = 2n ** 64n - 1n;

/** A card's memory types, each on one of the device underneath. What Vulkan forbids is an Error. */
export class CardMemory {
  readonly #card: Card;
  readonly #heaps: CardHeaps;
  readonly #allocations = new Map<bigint, Allocation>();
  /** Flags of the types of the device underneath. */
  realTypes: readonly number[] = [];
  /** Those of them that every buffer seen so far can be in. */
  #realBits = 0xffffffff;

  constructor(card: Card, heaps: CardHeaps) {
    this.#card = card;
    this.#heaps = heaps;
  }

  calls(below: Vulkan): Partial<VulkanCalls> {
    return {
      vkCreateBuffer: (device, info, allocator, out) => {
        const { size } = decode(
          structs.VkBufferCreateInfo,
          readBytes(info!, structs.VkBufferCreateInfo.sizeBytes),
        );
        if (Number(size) > unlessZero(this.#card.limits.maxBufferSize)) return VK_ERROR_OUT_OF_DEVICE_MEMORY;
        return below.vkCreateBuffer(device, info, allocator, out);
      },
      vkGetBufferMemoryRequirements: (device, buffer, out) => {
        below.vkGetBufferMemoryRequirements(device, buffer, out);
        const type = structs.VkMemoryRequirements;
        const real = decode(type, readBytes(out!, type.sizeBytes)).memoryTypeBits;
        this.#realBits &= real;
        patch(out!, 0, type, { memoryTypeBits: this.#typeBits() });
      },
      vkAllocateMemory: (device, info, _allocator, out) => this.#allocate(below, device, info, out),
      vkFreeMemory: (device, memory, allocator) => {
        if (memory !== 0n) this.#forget(memory);
        below.vkFreeMemory(device, memory, allocator);
      },
      vkMapMemory: (_device, memory, offset, _size, _flags, out) => this.#map(memory, BigInt(offset), out),
      vkFlushMappedMemoryRanges: (_device, count, ranges) => this.#synchronise("flush", count, ranges),
      vkInvalidateMappedMemoryRanges: (_device, count, ranges) =>
        this.#synchronise("invalidate", count, ranges),
    };
  }

  #typeBits(): number {
    return this.#card.types.reduce((bits, { flags }, i) => {
      const usable = (flags & noBuffer) === 0 && standIns(flags, this.realTypes, this.#realBits).length > 0;
      return usable ? (bits | (1 << i)) >>> 0 : bits;
    }, 0);
  }

  #allocate(below: Vulkan, device: bigint, info: Pointer, out: Pointer): number {
    const bytes = readBytes(info!, structs.VkMemoryAllocateInfo.sizeBytes);
    const { allocationSize, memoryTypeIndex: index } = decode(structs.VkMemoryAllocateInfo, bytes);
    const sizeBytes = Number(allocationSize);
    const type = this.#card.types[index];
    if (!type || (type.flags & needsFeature) !== 0)
      throw new Error(`memory type ${index} of ${this.#card.name} cannot be allocated from`);
    const refusal = this.#heaps.take(type.heap, sizeBytes);
    if (refusal !== VK_SUCCESS) return refusal;
    let result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    for (const realType of standIns(type.flags, this.realTypes, this.#realBits)) {
      patch(bytes, 0, structs.VkMemoryAllocateInfo, { memoryTypeIndex: realType });
      result = below.vkAllocateMemory(device, bytes, null, out);
      if (result !== VK_SUCCESS) continue;
      const memory = readBytes(out!, 8).readBigUInt64LE();
      const visible = (this.realTypes[realType]! & memoryFlags.hostVisible) !== 0;
      const window = visible ? this.#open(below, device, memory, sizeBytes, type.flags) : null;
      this.#allocations.set(memory, { type: index, sizeBytes, window, mapped: false });
      return VK_SUCCESS;
    }
    this.#heaps.giveBack(type.heap, sizeBytes);
    return result;
  }

  /** Maps memory underneath, for good: it is unmapped when it is freed. */
  #open(
    below: Vulkan,
    device: bigint,
    memory: bigint,
    sizeBytes: number,
    cardFlags: number,
  ): HostWindow | null {
    const address = handles(0n);
    if (below.vkMapMemory(device, memory, 0, wholeSize, 0, address) !== VK_SUCCESS) return null;
    const { hostVisible, hostCoherent } = memoryFlags;
    const coherent = (cardFlags & hostVisible) === 0 || (cardFlags & hostCoherent) !== 0;
    return new HostWindow(address.readBigUInt64LE(), sizeBytes, coherent);
  }

  #map(memory: bigint, offset: bigint, out: Pointer): number {
    const allocation = this.#known(memory);
    const visible = (this.#card.types[allocation.type]!.flags & memoryFlags.hostVisible) !== 0;
    if (!visible || !allocation.window) return VK_ERROR_MEMORY_MAP_FAILED;
    if (allocation.mapped) throw new Error("memory mapped twice");
    allocation.mapped = true;
    writeBytes(out!, handles(allocation.window.address + offset));
    return VK_SUCCESS;
  }

  #synchronise(what: "flush" | "invalidate", count: number, pointer: Pointer): number {
    const type = structs.VkMappedMemoryRange;
    for (const range of decodeArray(type, readBytes(pointer!, count * type.sizeBytes), count)) {
      const allocation = this.#known(range.memory);
      if (!allocation.mapped) throw new Error(`${what} of memory that is not mapped`);
      const offsetBytes = Number(range.offset);
      const sizeBytes = range.size === wholeSize ? allocation.sizeBytes - offsetBytes : Number(range.size);
      allocation.window![what]({ offsetBytes, sizeBytes }, this.#card.limits.nonCoherentAtomSize);
    }
    return VK_SUCCESS;
  }

  #forget(memory: bigint): void {
    const { type, sizeBytes } = this.#known(memory);
    this.#heaps.giveBack(this.#card.types[type]!.heap, sizeBytes);
    this.#allocations.delete(memory);
  }

  #known(memory: bigint): Allocation {
    const allocation = this.#allocations.get(memory);
    if (!allocation) throw new Error(`there is no memory 0x${memory.toString(16)}`);
    return allocation;
  }
}
