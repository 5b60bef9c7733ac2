import { memoryFlags } from "../../../../memory/index.js";
import type { Card } from "../../../../memory/simulate/card.js";
import type { VulkanCalls } from "../../bindings/generated/calls.js";
import {
  VK_SHADER_STAGE_COMPUTE_BIT,
  VK_SUBGROUP_FEATURE_ARITHMETIC_BIT,
  VK_SUCCESS,
} from "../../bindings/generated/constants.js";
import * as structs from "../../bindings/generated/structs.js";
import { type Encodable, encode, type Struct } from "../../bindings/layout.js";
import type { Pointer } from "../../bindings/signature.js";
import { usefulExtensions } from "../../query-device.js";
import { featureStructs } from "../card-abilities.js";
import { nestedOffset } from "../card-properties.js";
import { chainedTo, list, patch, writeBytes } from "../foreign-memory.js";

const vulkan14 = (1 << 22) | (4 << 12);
/** Graphics, compute and transfers. */
const queueFlags = 7;
const { deviceLocal, hostVisible, hostCoherent, hostCached } = memoryFlags;

/** The device underneath: more of everything than any card, but the card's own subgroup size. */
export function mockProperties(card: Card): Partial<VulkanCalls> {
  const subgroupSize = card.limits.subgroupSize ?? 32;
  const extensions = card.extensions ?? usefulExtensions.filter((name) => !name.includes("portability"));
  const chained: ReadonlyMap<number, (address: bigint) => void> = new Map([
    answer(structs.VkPhysicalDeviceMaintenance3Properties, { maxMemoryAllocationSize: 2n ** 62n }),
    answer(structs.VkPhysicalDeviceMaintenance4Properties, { maxBufferSize: 2n ** 62n }),
    answer(structs.VkPhysicalDeviceSubgroupProperties, {
      subgroupSize,
      supportedStages: VK_SHADER_STAGE_COMPUTE_BIT,
      supportedOperations: VK_SUBGROUP_FEATURE_ARITHMETIC_BIT,
    }),
    answer(structs.VkPhysicalDeviceSubgroupSizeControlProperties, {
      minSubgroupSize: subgroupSize,
      maxSubgroupSize: subgroupSize,
    }),
  ]);
  return {
    vkEnumerateInstanceVersion(out) {
      writeBytes(out!, Buffer.from(Uint32Array.of(vulkan14).buffer));
      return VK_SUCCESS;
    },
    vkEnumerateInstanceExtensionProperties: (_layer, count, into) => list(count, into, []),
    vkGetPhysicalDeviceProperties: (_device, out) => basics(out, 0),
    vkGetPhysicalDeviceProperties2(_device, out) {
      basics(out, nestedOffset);
      for (const { type, address } of chainedTo(out!)) chained.get(type)?.(address);
    },
    vkGetPhysicalDeviceFeatures2(_device, out) {
      patch(out!, 0, structs.VkPhysicalDeviceFeatures2, {
        features: allOn(structs.VkPhysicalDeviceFeatures),
      });
      for (const { type, address } of chainedTo(out!)) {
        const struct = featureStructs.get(type);
        if (struct) patch(address, 0, struct, allOn(struct));
      }
    },
    vkGetPhysicalDeviceMemoryProperties: (_device, out) =>
      writeBytes(
        out!,
        encode(structs.VkPhysicalDeviceMemoryProperties, {
          memoryTypeCount: 1,
          memoryTypes: [{ propertyFlags: deviceLocal | hostVisible | hostCoherent | hostCached }],
          memoryHeapCount: 1,
          memoryHeaps: [{ size: 2n ** 62n, flags: 1 }],
        }),
      ),
    vkGetPhysicalDeviceQueueFamilyProperties: (_device, count, into) =>
      void list(count, into, [encode(structs.VkQueueFamilyProperties, { queueFlags, queueCount: 1 })]),
    vkEnumerateDeviceExtensionProperties: (_device, _layer, count, into) =>
      list(
        count,
        into,
        extensions.map((extensionName) => encode(structs.VkExtensionProperties, { extensionName })),
      ),
    vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR: (_device, count, into) => list(count, into, []),
  };
}

function answer<S extends Struct>(type: S, values: Encodable<S>): [number, (address: bigint) => void] {
  return [type.type, (address) => patch(address, 0, type, values)];
}

function basics(out: Pointer, offset: number): void {
  patch(out!, offset, structs.VkPhysicalDeviceProperties, {
    apiVersion: vulkan14,
    limits: {
      maxStorageBufferRange: 0xffffffff,
      maxPushConstantsSize: 256,
      maxMemoryAllocationCount: 0xffffffff,
      maxPerStageDescriptorStorageBuffers: 1 << 20,
      maxComputeSharedMemorySize: 65536,
      maxComputeWorkGroupInvocations: 1024,
      maxComputeWorkGroupSize: [1024, 1024, 64],
      maxComputeWorkGroupCount: [0x7fffffff, 65535, 65535],
      minStorageBufferOffsetAlignment: 1,
      nonCoherentAtomSize: 1,
    },
  });
}

function allOn(struct: Struct): Record<string, number> {
  const names = Object.keys(struct.fields).filter((name) => name !== "sType" && name !== "pNext");
  return Object.fromEntries(names.map((name) => [name, 1]));
}
