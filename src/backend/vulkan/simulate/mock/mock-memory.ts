import type { VulkanCalls } from "../../bindings/generated/calls.js";
import { VK_SUCCESS } from "../../bindings/generated/constants.js";
import * as structs from "../../bindings/generated/structs.js";
import { koffi } from "../../bindings/koffi.js";
import { decode, encode, handles } from "../../bindings/layout.js";
import { readBytes, writeBytes } from "../foreign-memory.js";
import type { BoundRange } from "./mock-descriptors.js";

/** Buffers' memory starts at, and is rounded up to, multiples of this. */
const alignmentBytes = 64;

interface MockMemory {
  readonly calls: Partial<VulkanCalls>;
  /** The bytes of a range of a buffer, as copies and dispatches see them. Errors: it isn't all there any more, or never was. */
  bytesOf(range: BoundRange): Buffer;
}

interface MockBuffer {
  readonly sizeBytes: number;
  memory: bigint | null;
  offset: number;
}

/** Device memory in Node's Buffers, all of it visible to the host. */
export function mockMemory(newHandle: () => bigint): MockMemory {
  const memories = new Map<bigint, Buffer>();
  const buffers = new Map<bigint, MockBuffer>();
  const known = <T>(map: ReadonlyMap<bigint, T>, handle: bigint): T => {
    const found = map.get(handle);
    if (!found)
      throw new Error(`the mock driver never created 0x${handle.toString(16)}, or has destroyed it`);
    return found;
  };
  return {
    bytesOf({ buffer, offsetBytes, sizeBytes }) {
      const { memory, offset, sizeBytes: bufferBytes } = known(buffers, buffer);
      if (memory === null || offsetBytes + sizeBytes > bufferBytes)
        throw new Error("an access goes beyond its buffer, or the buffer has no memory");
      return known(memories, memory).subarray(offset + offsetBytes, offset + offsetBytes + sizeBytes);
    },
    calls: {
      vkAllocateMemory(_device, info, _allocator, out) {
        const type = structs.VkMemoryAllocateInfo;
        const { allocationSize } = decode(type, readBytes(info!, type.sizeBytes));
        const handle = newHandle();
        // never from Node's pool of small Buffers, which would move what is next to it within reach
        memories.set(handle, Buffer.allocUnsafeSlow(Number(allocationSize)));
        writeBytes(out!, handles(handle));
        return VK_SUCCESS;
      },
      vkFreeMemory: (_device, memory) => void memories.delete(memory),
      vkMapMemory(_device, memory, offset, _size, _flags, out) {
        writeBytes(out!, handles(BigInt(koffi().address(known(memories, memory))) + BigInt(offset)));
        return VK_SUCCESS;
      },
      vkFlushMappedMemoryRanges: () => VK_SUCCESS,
      vkInvalidateMappedMemoryRanges: () => VK_SUCCESS,
      vkCreateBuffer(_device, info, _allocator, out) {
        const type = structs.VkBufferCreateInfo;
        const { size } = decode(type, readBytes(info!, type.sizeBytes));
        const handle = newHandle();
        buffers.set(handle, { sizeBytes: Number(size), memory: null, offset: 0 });
        writeBytes(out!, handles(handle));
        return VK_SUCCESS;
      },
      vkDestroyBuffer: (_device, buffer) => void buffers.delete(buffer),
      vkGetBufferMemoryRequirements(_device, buffer, out) {
        const { sizeBytes } = known(buffers, buffer);
        const size = Math.ceil(sizeBytes / alignmentBytes) * alignmentBytes;
        const values = { size, alignment: alignmentBytes, memoryTypeBits: 1 };
        writeBytes(out!, encode(structs.VkMemoryRequirements, values));
      },
      vkBindBufferMemory(_device, buffer, memory, offset) {
        const bound = known(buffers, buffer);
        if (Number(offset) + bound.sizeBytes > known(memories, memory).length)
          throw new Error("a buffer is bound beyond the end of its memory");
        Object.assign(bound, { memory, offset: Number(offset) });
        return VK_SUCCESS;
      },
    },
  };
}
