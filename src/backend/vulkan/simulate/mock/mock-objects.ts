import type { VulkanCalls } from "../../bindings/generated/calls.js";
import { VK_SUCCESS } from "../../bindings/generated/constants.js";
import { handles } from "../../bindings/layout.js";
import type { Pointer } from "../../bindings/signature.js";
import { list, writeBytes } from "../foreign-memory.js";

/** Handles of things that are made, passed around and destroyed, and are nothing else. */
export function mockObjects(newHandle: () => bigint): Partial<VulkanCalls> {
  const give = (out: Pointer, n = 1) => {
    writeBytes(out!, handles(...Array.from({ length: n }, newHandle)));
    return VK_SUCCESS;
  };
  const make = (_owner: bigint, _info: Pointer, _allocator: Pointer, out: Pointer) => give(out);
  const nothing = () => {};
  const physicalDevice = newHandle();
  const queue = newHandle();
  return {
    vkCreateInstance: (_info, _allocator, out) => give(out),
    vkDestroyInstance: nothing,
    vkEnumeratePhysicalDevices: (_instance, count, into) => list(count, into, [handles(physicalDevice)]),
    vkCreateDevice: make,
    vkDestroyDevice: nothing,
    vkGetDeviceQueue: (_device, _family, _index, out) => writeBytes(out!, handles(queue)),
    vkCreateShaderModule: make,
    vkDestroyShaderModule: nothing,
    vkCreateDescriptorSetLayout: make,
    vkDestroyDescriptorSetLayout: nothing,
    vkCreatePipelineLayout: make,
    vkDestroyPipelineLayout: nothing,
    vkCreateComputePipelines: (_device, _cache, n, _infos, _allocator, out) => give(out, n),
    vkDestroyPipeline: nothing,
  };
}
