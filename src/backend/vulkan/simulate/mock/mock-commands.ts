import type { VulkanCalls } from "../../bindings/generated/calls.js";
import { VK_NOT_READY, VK_SUCCESS, VK_TIMEOUT } from "../../bindings/generated/constants.js";
import * as structs from "../../bindings/generated/structs.js";
import { decode, decodeArray, handles } from "../../bindings/layout.js";
import type { Pointer } from "../../bindings/signature.js";
import { readBytes, writeBytes } from "../foreign-memory.js";

type BytesOf = (buffer: bigint, offsetBytes: number, sizeBytes: number) => Buffer;

/** Command buffers that remember copies, and a queue that has made them when vkQueueSubmit returns. */
export function mockCommands(newHandle: () => bigint, bytesOf: BytesOf, slow: boolean): Partial<VulkanCalls> {
  const recorded = new Map<bigint, (() => void)[]>();
  const signalled = new Set<bigint>();
  const nothing = () => {};
  return {
    vkAllocateCommandBuffers(_device, info, out) {
      const type = structs.VkCommandBufferAllocateInfo;
      const { commandBufferCount } = decode(type, readBytes(info!, type.sizeBytes));
      const made = Array.from({ length: commandBufferCount }, newHandle);
      for (const handle of made) recorded.set(handle, []);
      writeBytes(out!, handles(...made));
      return VK_SUCCESS;
    },
    vkBeginCommandBuffer(commands) {
      recorded.set(commands, []);
      return VK_SUCCESS;
    },
    vkEndCommandBuffer: () => VK_SUCCESS,
    vkCmdBindPipeline: nothing,
    vkCmdBindDescriptorSets: nothing,
    vkCmdPushConstants: nothing,
    vkCmdDispatch: nothing,
    vkCmdPipelineBarrier: nothing,
    vkCmdCopyBuffer(commands, from, to, count, pointer) {
      const type = structs.VkBufferCopy;
      for (const region of decodeArray(type, readBytes(pointer!, count * type.sizeBytes), count)) {
        const { srcOffset, dstOffset, size } = region;
        recorded.get(commands)!.push(() => {
          const bytes = bytesOf(from, Number(srcOffset), Number(size));
          bytesOf(to, Number(dstOffset), Number(size)).set(bytes);
        });
      }
    },
    vkQueueSubmit(_queue, count, submits, fence) {
      const type = structs.VkSubmitInfo;
      for (const submit of decodeArray(type, readBytes(submits!, count * type.sizeBytes), count)) {
        const commands = handlesAt(submit.pCommandBuffers, submit.commandBufferCount);
        for (const step of commands.flatMap((handle) => recorded.get(handle)!)) step();
      }
      signalled.add(fence);
      return VK_SUCCESS;
    },
    vkCreateFence(_device, _info, _allocator, out) {
      writeBytes(out!, handles(newHandle()));
      return VK_SUCCESS;
    },
    vkDestroyFence: (_device, fence) => void signalled.delete(fence),
    vkResetFences(_device, count, fences) {
      for (const fence of handlesAt(fences, count)) signalled.delete(fence);
      return VK_SUCCESS;
    },
    vkGetFenceStatus: (_device, fence) => (signalled.has(fence) && !slow ? VK_SUCCESS : VK_NOT_READY),
    vkWaitForFences: (_device, count, fences) =>
      handlesAt(fences, count).every((fence) => signalled.has(fence)) ? VK_SUCCESS : VK_TIMEOUT,
    vkDeviceWaitIdle: () => VK_SUCCESS,
  };
}

function handlesAt(pointer: Pointer, count: number): bigint[] {
  const bytes = readBytes(pointer!, count * 8);
  return Array.from({ length: count }, (_, i) => bytes.readBigUInt64LE(i * 8));
}
