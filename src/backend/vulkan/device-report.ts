import type { KernelDevice } from "../../ops/kernel.js";

/** VkPhysicalDeviceType. */
export type DeviceType = "discrete" | "integrated" | "virtual" | "cpu" | "other";

/**
 * Everything kernel choice and memory planning need to know about a device, as plain data: read from a
 * driver, from a database of reports or from a simulation. All sizes in bytes.
 */
export interface DeviceReport {
  readonly name: string;
  readonly vendorId: number;
  readonly type: DeviceType;
  /** "NVIDIA 580.95.05", or the vendor's raw version number where the driver gives no text. */
  readonly driver: string;
  /** The lower of the versions of device and loader. */
  readonly apiVersion: readonly [major: number, minor: number];
  readonly heaps: readonly { readonly sizeBytes: number; readonly deviceLocal: boolean }[];
  /** flags: VkMemoryPropertyFlags. */
  readonly memoryTypes: readonly { readonly flags: number; readonly heap: number }[];
  readonly limits: DeviceLimits;
  readonly features: DeviceFeatures;
  /** Names of the device's extensions that matter here. */
  readonly extensions: readonly string[];
  /** Queue families: VkQueueFlags and how many queues. */
  readonly queueFamilies: readonly { readonly flags: number; readonly count: number }[];
}

/** VkPhysicalDeviceLimits and the like. Sizes in bytes. */
export interface DeviceLimits {
  readonly maxStorageBufferRange: number;
  /** A guess of 1 GiB (the least the specification allows) where the device doesn't say. */
  readonly maxMemoryAllocationSize: number;
  /** Infinity where the device doesn't say. */
  readonly maxBufferSize: number;
  readonly maxMemoryAllocationCount: number;
  readonly minStorageBufferOffsetAlignment: number;
  readonly nonCoherentAtomSize: number;
  readonly maxPushConstantsSize: number;
  readonly maxPerStageStorageBuffers: number;
  readonly maxSharedMemorySize: number;
  readonly maxWorkgroupInvocations: number;
  readonly maxWorkgroupSize: readonly [number, number, number];
  readonly maxWorkgroupCount: readonly [number, number, number];
  /** 0 where unknown. */
  readonly subgroupSize: number;
  readonly minSubgroupSize: number;
  readonly maxSubgroupSize: number;
}

/** What a device can do beyond Vulkan 1.0, as far as this package uses it. */
export interface DeviceFeatures {
  readonly storageBuffer16BitAccess: boolean;
  readonly shaderFloat16: boolean;
  readonly vulkanMemoryModel: boolean;
  readonly memoryPriority: boolean;
  /** usesPageableMemory() decides whether it is used. */
  readonly pageableDeviceLocalMemory: boolean;
  /** Sum, max and the like over a subgroup, in compute shaders. */
  readonly subgroupArithmetic: boolean;
  readonly cooperativeMatrix: boolean;
  /** Shapes with f16 inputs and f32 results, at subgroup scope. */
  readonly cooperativeMatrixShapes: readonly { readonly m: number; readonly n: number; readonly k: number }[];
}

export const queueCompute = 2;

/** The first queue family with compute, or -1. A compute-only family is no faster for us than a general one. */
export function computeQueueFamily(report: DeviceReport): number {
  return report.queueFamilies.findIndex(({ flags, count }) => (flags & queueCompute) !== 0 && count > 0);
}

/**
 * Whether the driver is asked to page device memory in and out by priority. Without that it may page too, or move an
 * allocation to the host permanently. With it, the driver may accept more than there is, which would be slow without notice. So
 * it is used only where the driver reports budgets, since those are never exceeded.
 */
export function usesPageableMemory({ features, extensions }: DeviceReport): boolean {
  return (
    features.pageableDeviceLocalMemory &&
    features.memoryPriority &&
    extensions.includes("VK_EXT_memory_budget")
  );
}

/** What kernel choice sees of a device. */
export function kernelDevice(report: DeviceReport): KernelDevice {
  const { limits, features } = report;
  const fixedSubgroup = limits.minSubgroupSize === limits.maxSubgroupSize;
  return {
    maxWorkgroupInvocations: limits.maxWorkgroupInvocations,
    maxWorkgroupSize: limits.maxWorkgroupSize,
    maxWorkgroupCount: limits.maxWorkgroupCount,
    sharedMemorySizeBytes: limits.maxSharedMemorySize,
    subgroupSize: fixedSubgroup ? limits.subgroupSize : 0,
    subgroupArithmetic: features.subgroupArithmetic,
    cooperativeMatrices: features.cooperativeMatrix ? features.cooperativeMatrixShapes : [],
    storage16Bit: features.storageBuffer16BitAccess,
    float16Arithmetic: features.shaderFloat16,
    vulkanMemoryModel: features.vulkanMemoryModel,
    software: report.type === "cpu",
    apiVersion: report.apiVersion,
  };
}
