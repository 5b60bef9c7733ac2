import type { CallName } from "../layer.js";

/** What each call may answer instead of success, by the Vulkan registry ("errorcodes"), extensions not used here left out. */
export const errorCodes: Readonly<Partial<Record<CallName, readonly number[]>>> = {
  vkEnumerateInstanceVersion: [-1],
  vkEnumerateInstanceExtensionProperties: [-1, -2, -6],
  vkCreateInstance: [-1, -2, -3, -6, -7, -9],
  vkEnumeratePhysicalDevices: [-1, -2, -3],
  vkEnumerateDeviceExtensionProperties: [-1, -2, -6],
  vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR: [-1, -2],
  vkCreateDevice: [-1, -2, -3, -4, -7, -8, -10],
  // drivers also answer TOO_MANY_OBJECTS, UNKNOWN and VALIDATION_FAILED
  vkAllocateMemory: [-1, -2, -10, -13, -1000011001, -1000072003],
  vkMapMemory: [-1, -2, -5],
  vkFlushMappedMemoryRanges: [-1, -2],
  vkInvalidateMappedMemoryRanges: [-1, -2],
  vkCreateBuffer: [-1, -2],
  vkBindBufferMemory: [-1, -2],
  vkCreateShaderModule: [-1, -2],
  vkCreateDescriptorSetLayout: [-1, -2],
  vkCreatePipelineLayout: [-1, -2],
  vkCreateComputePipelines: [-1, -2],
  vkCreateDescriptorPool: [-1, -2, -1000161000],
  vkAllocateDescriptorSets: [-1, -2, -12, -1000069000],
  vkCreateCommandPool: [-1, -2],
  vkAllocateCommandBuffers: [-1, -2],
  vkBeginCommandBuffer: [-1, -2],
  vkEndCommandBuffer: [-1, -2],
  vkCreateFence: [-1, -2],
  vkResetFences: [-2],
  vkQueueSubmit: [-1, -2, -4],
  vkGetFenceStatus: [-1, -2, -4],
  vkWaitForFences: [-1, -2, -4],
};

/** Out of memory and device loss: after these the text must still be right. At vkAllocateMemory any error counts as out of memory. */
export function mustBeSurvived(call: string, code: number): boolean {
  return call === "vkAllocateMemory" || [-1, -2, -4, ...(call === "vkMapMemory" ? [-5] : [])].includes(code);
}
