import type { VulkanCalls } from "../../bindings/generated/calls.js";
import { VK_SUCCESS } from "../../bindings/generated/constants.js";
import * as structs from "../../bindings/generated/structs.js";
import { decode, decodeArray, handles } from "../../bindings/layout.js";
import { readBytes, writeBytes } from "../foreign-memory.js";

/** A range of a buffer that a shader reaches. */
export interface BoundRange {
  readonly buffer: bigint;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

interface MockDescriptors {
  readonly calls: Partial<VulkanCalls>;
  /** In the order of their bindings. Error: the set's pool is destroyed. */
  rangesOf(set: bigint): readonly BoundRange[];
}

/** Descriptor sets of storage buffers, which live as long as their pool. */
export function mockDescriptors(newHandle: () => bigint): MockDescriptors {
  const sets = new Map<bigint, { readonly pool: bigint; readonly ranges: BoundRange[] }>();
  const known = (handle: bigint) => {
    const set = sets.get(handle);
    if (!set)
      throw new Error(`there is no descriptor set 0x${handle.toString(16)}, or its pool is destroyed`);
    return set;
  };
  return {
    rangesOf: (set) => known(set).ranges,
    calls: {
      vkCreateDescriptorPool(_device, _info, _allocator, out) {
        writeBytes(out!, handles(newHandle()));
        return VK_SUCCESS;
      },
      vkDestroyDescriptorPool(_device, destroyed) {
        for (const [handle, { pool }] of sets) if (pool === destroyed) sets.delete(handle);
      },
      vkAllocateDescriptorSets(_device, info, out) {
        const type = structs.VkDescriptorSetAllocateInfo;
        const { descriptorPool, descriptorSetCount } = decode(type, readBytes(info!, type.sizeBytes));
        const made = Array.from({ length: descriptorSetCount }, newHandle);
        for (const handle of made) sets.set(handle, { pool: descriptorPool, ranges: [] });
        writeBytes(out!, handles(...made));
        return VK_SUCCESS;
      },
      vkUpdateDescriptorSets(_device, count, writes) {
        const type = structs.VkWriteDescriptorSet;
        const info = structs.VkDescriptorBufferInfo;
        for (const write of decodeArray(type, readBytes(writes!, count * type.sizeBytes), count)) {
          const bytes = readBytes(write.pBufferInfo, write.descriptorCount * info.sizeBytes);
          decodeArray(info, bytes, write.descriptorCount).forEach(({ buffer, offset, range }, i) => {
            const bound = { buffer, offsetBytes: Number(offset), sizeBytes: Number(range) };
            known(write.dstSet).ranges[write.dstBinding + i] = bound;
          });
        }
      },
    },
  };
}
