import type { VulkanCalls } from "../../bindings/generated/calls.js";
import { VK_NOT_READY, VK_SUCCESS, VK_TIMEOUT } from "../../bindings/generated/constants.js";
import * as structs from "../../bindings/generated/structs.js";
import { decodeArray, handles } from "../../bindings/layout.js";
import { handlesAt, readBytes, writeBytes } from "../foreign-memory.js";
import { memoryMayHaveChanged } from "./contents.js";

/** A queue that has done all work when vkQueueSubmit returns, and fences that say so: if slow, only to those who wait. */
export function mockQueue(
  newHandle: () => bigint,
  execute: (commands: bigint) => void,
  slow: boolean,
): Partial<VulkanCalls> {
  const signalled = new Set<bigint>();
  return {
    vkQueueSubmit(_queue, count, submits, fence) {
      memoryMayHaveChanged();
      const type = structs.VkSubmitInfo;
      for (const submit of decodeArray(type, readBytes(submits!, count * type.sizeBytes), count))
        handlesAt(submit.pCommandBuffers, submit.commandBufferCount).forEach(execute);
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
    vkDeviceWaitIdle: () => VK_SUCCESS,
    vkWaitForFences: (_device, count, fences) =>
      handlesAt(fences, count).every((fence) => signalled.has(fence)) ? VK_SUCCESS : VK_TIMEOUT,
  };
}
