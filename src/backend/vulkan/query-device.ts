import {
  VK_COMPONENT_TYPE_FLOAT16_KHR,
  VK_COMPONENT_TYPE_FLOAT32_KHR,
  VK_INCOMPLETE,
  VK_SCOPE_SUBGROUP_KHR,
  VK_SHADER_STAGE_COMPUTE_BIT,
  VK_SUBGROUP_FEATURE_ARITHMETIC_BIT,
} from "./bindings/generated/constants.js";
import * as structs from "./bindings/generated/structs.js";
import { type Decoded, decode, decodeArray, encode, encodeArray, type Struct } from "./bindings/layout.js";
import type { DeviceFeatures, DeviceReport, DeviceType } from "./device-report.js";
import type { Instance } from "./instance.js";
import { check } from "./result.js";

/** Extensions that this package uses if the device has them. */
export const usefulExtensions = [
  "VK_KHR_portability_subset",
  "VK_KHR_16bit_storage",
  "VK_KHR_shader_float16_int8",
  "VK_KHR_vulkan_memory_model",
  "VK_KHR_cooperative_matrix",
  "VK_KHR_driver_properties",
  "VK_KHR_maintenance3",
  "VK_KHR_maintenance4",
  "VK_EXT_subgroup_size_control",
  "VK_EXT_memory_budget",
  "VK_EXT_memory_priority",
  "VK_EXT_pageable_device_local_memory",
];

const deviceTypes: readonly DeviceType[] = ["other", "integrated", "discrete", "virtual", "cpu"];

/** Reads everything about a physical device that the rest needs. */
export function queryDevice(instance: Instance, physicalDevice: bigint): DeviceReport {
  const { vk } = instance;
  const basicBytes = Buffer.alloc(structs.VkPhysicalDeviceProperties.sizeBytes);
  vk.vkGetPhysicalDeviceProperties(physicalDevice, basicBytes);
  const basic = decode(structs.VkPhysicalDeviceProperties, basicBytes);
  // what both the loader and the device know
  const version = Math.min(basic.apiVersion, instance.apiVersion);
  const apiVersion = [version >>> 22, (version >>> 12) & 0x3ff] as const;
  const extensions = deviceExtensions(instance, physicalDevice).filter((name) =>
    usefulExtensions.includes(name),
  );
  // structures may be chained where the version or an extension brings them
  const newer = apiVersion[0] > 1 || apiVersion[1] >= 1;
  const has = (minor: number, extension: string) =>
    newer && (apiVersion[1] >= minor || extensions.includes(extension));
  const query = <S extends Struct>(call: "Properties2" | "Features2", type: S): Decoded<S> => {
    const bytes = encode(type);
    const head =
      call === "Properties2" ? structs.VkPhysicalDeviceProperties2 : structs.VkPhysicalDeviceFeatures2;
    vk[`vkGetPhysicalDevice${call}`](physicalDevice, encode<Struct>(head, { pNext: bytes }));
    return decode(type, bytes);
  };
  const properties = <S extends Struct>(available: boolean, type: S) =>
    available ? query("Properties2", type) : null;
  const features = <S extends Struct>(available: boolean, type: S) =>
    available ? query("Features2", type) : null;

  const maintenance3 = properties(
    has(1, "VK_KHR_maintenance3"),
    structs.VkPhysicalDeviceMaintenance3Properties,
  );
  const maintenance4 = properties(
    has(3, "VK_KHR_maintenance4"),
    structs.VkPhysicalDeviceMaintenance4Properties,
  );
  const driver = properties(has(2, "VK_KHR_driver_properties"), structs.VkPhysicalDeviceDriverProperties);
  const subgroup = properties(newer, structs.VkPhysicalDeviceSubgroupProperties);
  const sizeControl = properties(
    has(3, "VK_EXT_subgroup_size_control"),
    structs.VkPhysicalDeviceSubgroupSizeControlProperties,
  );
  const cooperative = extensions.includes("VK_KHR_cooperative_matrix") && newer;
  const matrix = features(cooperative, structs.VkPhysicalDeviceCooperativeMatrixFeaturesKHR);
  const { limits } = basic;
  const subgroupSize = subgroup?.subgroupSize ?? 0;
  return {
    name: basic.deviceName,
    vendorId: basic.vendorID,
    type: deviceTypes[basic.deviceType] ?? "other",
    driver: driver ? `${driver.driverName} ${driver.driverInfo}`.trim() : `version ${basic.driverVersion}`,
    apiVersion,
    ...memoryOf(instance, physicalDevice),
    limits: {
      // 4 GiB overflows to 0 in some drivers; 128 MiB is guaranteed
      maxStorageBufferRange: limits.maxStorageBufferRange || 2 ** 27,
      maxMemoryAllocationSize: Number(maintenance3?.maxMemoryAllocationSize || 2n ** 30n),
      maxBufferSize: Number(maintenance4?.maxBufferSize ?? 0) || Number.POSITIVE_INFINITY,
      maxMemoryAllocationCount: limits.maxMemoryAllocationCount,
      minStorageBufferOffsetAlignment: Number(limits.minStorageBufferOffsetAlignment),
      nonCoherentAtomSize: Number(limits.nonCoherentAtomSize),
      maxPushConstantsSize: limits.maxPushConstantsSize,
      maxPerStageStorageBuffers: limits.maxPerStageDescriptorStorageBuffers,
      maxSharedMemorySize: limits.maxComputeSharedMemorySize,
      maxWorkgroupInvocations: limits.maxComputeWorkGroupInvocations,
      maxWorkgroupSize: limits.maxComputeWorkGroupSize as unknown as [number, number, number],
      maxWorkgroupCount: limits.maxComputeWorkGroupCount as unknown as [number, number, number],
      subgroupSize,
      minSubgroupSize: sizeControl?.minSubgroupSize ?? subgroupSize,
      maxSubgroupSize: sizeControl?.maxSubgroupSize ?? subgroupSize,
    },
    features: {
      storageBuffer16BitAccess:
        features(newer, structs.VkPhysicalDevice16BitStorageFeatures)?.storageBuffer16BitAccess === 1,
      shaderFloat16:
        features(has(2, "VK_KHR_shader_float16_int8"), structs.VkPhysicalDeviceShaderFloat16Int8Features)
          ?.shaderFloat16 === 1,
      vulkanMemoryModel:
        features(has(2, "VK_KHR_vulkan_memory_model"), structs.VkPhysicalDeviceVulkanMemoryModelFeatures)
          ?.vulkanMemoryModel === 1,
      memoryPriority:
        features(has(9, "VK_EXT_memory_priority"), structs.VkPhysicalDeviceMemoryPriorityFeaturesEXT)
          ?.memoryPriority === 1,
      pageableDeviceLocalMemory:
        features(
          has(9, "VK_EXT_pageable_device_local_memory"),
          structs.VkPhysicalDevicePageableDeviceLocalMemoryFeaturesEXT,
        )?.pageableDeviceLocalMemory === 1,
      subgroupArithmetic:
        subgroup !== null &&
        (subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT) !== 0 &&
        (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_ARITHMETIC_BIT) !== 0,
      cooperativeMatrix: matrix?.cooperativeMatrix === 1,
      cooperativeMatrixShapes: cooperative ? matrixShapes(instance, physicalDevice) : [],
    },
    extensions,
    queueFamilies: queueFamilies(instance, physicalDevice),
  };
}

function memoryOf({ vk }: Instance, physicalDevice: bigint): Pick<DeviceReport, "heaps" | "memoryTypes"> {
  const bytes = Buffer.alloc(structs.VkPhysicalDeviceMemoryProperties.sizeBytes);
  vk.vkGetPhysicalDeviceMemoryProperties(physicalDevice, bytes);
  const memory = decode(structs.VkPhysicalDeviceMemoryProperties, bytes);
  const memoryTypes = memory.memoryTypes
    .slice(0, memory.memoryTypeCount)
    .map(({ propertyFlags, heapIndex }) => ({ flags: propertyFlags, heap: heapIndex }));
  const heaps = memory.memoryHeaps.slice(0, memory.memoryHeapCount).map(({ size, flags }, heap) => ({
    sizeBytes: Number(size),
    // some drivers leave a heap's flags unset; its types tell
    deviceLocal:
      ((flags | (memoryTypes.find((type) => type.heap === heap && type.flags & 1)?.flags ?? 0)) & 1) !== 0,
  }));
  return { heaps, memoryTypes };
}

function deviceExtensions({ vk }: Instance, physicalDevice: bigint): string[] {
  const count = Buffer.alloc(4);
  const call = (into: Buffer | null) => {
    const result = vk.vkEnumerateDeviceExtensionProperties(physicalDevice, null, count, into);
    if (result !== VK_INCOMPLETE) check(result, "vkEnumerateDeviceExtensionProperties");
  };
  call(null);
  const bytes = Buffer.alloc(Math.max(1, count.readUInt32LE()) * structs.VkExtensionProperties.sizeBytes);
  call(bytes);
  return decodeArray(structs.VkExtensionProperties, bytes, count.readUInt32LE()).map((e) => e.extensionName);
}

function queueFamilies({ vk }: Instance, physicalDevice: bigint): DeviceReport["queueFamilies"] {
  const count = Buffer.alloc(4);
  vk.vkGetPhysicalDeviceQueueFamilyProperties(physicalDevice, count, null);
  const bytes = Buffer.alloc(Math.max(1, count.readUInt32LE()) * structs.VkQueueFamilyProperties.sizeBytes);
  vk.vkGetPhysicalDeviceQueueFamilyProperties(physicalDevice, count, bytes);
  return decodeArray(structs.VkQueueFamilyProperties, bytes, count.readUInt32LE()).map((family) => ({
    flags: family.queueFlags,
    count: family.queueCount,
  }));
}

function matrixShapes({ vk }: Instance, physicalDevice: bigint): DeviceFeatures["cooperativeMatrixShapes"] {
  const type = structs.VkCooperativeMatrixPropertiesKHR;
  const name = "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR";
  if (!vk.has(name)) return [];
  const count = Buffer.alloc(4);
  check(vk[name](physicalDevice, count, null), name);
  const n = count.readUInt32LE();
  const bytes = encodeArray(type, Array(n).fill({}));
  const result = vk[name](physicalDevice, count, bytes);
  if (result !== VK_INCOMPLETE) check(result, name);
  const half = VK_COMPONENT_TYPE_FLOAT16_KHR;
  const float = VK_COMPONENT_TYPE_FLOAT32_KHR;
  return decodeArray(type, bytes, count.readUInt32LE())
    .filter((p) => p.AType === half && p.BType === half && p.CType === float && p.ResultType === float)
    .filter((p) => p.scope === VK_SCOPE_SUBGROUP_KHR)
    .map(({ MSize: m, NSize: n, KSize: k }) => ({ m, n, k }));
}
