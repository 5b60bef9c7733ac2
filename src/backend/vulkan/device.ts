import type { HeapBudget } from "../../memory/index.js";
import type { Vulkan } from "./bindings/functions.js";
import * as structs from "./bindings/generated/structs.js";
import { cString, encode, handles, type Struct } from "./bindings/layout.js";
import { computeQueueFamily, type DeviceReport, usesPageableMemory } from "./device-report.js";
import type { Instance } from "./instance.js";
import { queryBudget } from "./query-budget.js";
import { Queue } from "./queue.js";
import { check } from "./result.js";

const pageableExtension = "VK_EXT_pageable_device_local_memory";

/** A logical device with one compute queue and every useful feature enabled. */
export class Device {
  readonly report: DeviceReport;
  readonly vk: Vulkan;
  readonly handle: bigint;
  readonly queueFamily: number;
  readonly queue: Queue;
  readonly #instance: Instance;
  readonly #physicalDevice: bigint;

  private constructor(instance: Instance, physicalDevice: bigint, report: DeviceReport, handle: bigint) {
    this.#instance = instance;
    this.#physicalDevice = physicalDevice;
    this.report = report;
    this.handle = handle;
    this.queueFamily = computeQueueFamily(report);
    this.vk = instance.tables.device(instance.vk, handle);
    const out = Buffer.alloc(8);
    this.vk.vkGetDeviceQueue(handle, this.queueFamily, 0, out);
    try {
      this.queue = new Queue(this.vk, handle, out.readBigUInt64LE(), report.type === "cpu");
    } catch (error) {
      this.vk.vkDestroyDevice(handle, null);
      throw error;
    }
  }

  /**
   * Creates the device, off the event loop, and takes ownership of the instance: destroy() destroys it too.
   * Errors: vulkan-call-failed, device-lost.
   */
  static async create(instance: Instance, physicalDevice: bigint, report: DeviceReport): Promise<Device> {
    const paged = usesPageableMemory(report);
    const extensions = report.extensions.filter((name) => paged || name !== pageableExtension).map(cString);
    const info = encode(structs.VkDeviceCreateInfo, {
      pNext: enabledFeatures(report),
      queueCreateInfoCount: 1,
      pQueueCreateInfos: encode(structs.VkDeviceQueueCreateInfo, {
        queueFamilyIndex: computeQueueFamily(report),
        queueCount: 1,
        pQueuePriorities: Buffer.from(new Float32Array([0.5]).buffer),
      }),
      enabledExtensionCount: extensions.length,
      ppEnabledExtensionNames: handles(...extensions),
    });
    const out = Buffer.alloc(8);
    check(await instance.vk.callAsync("vkCreateDevice", physicalDevice, info, null, out), "vkCreateDevice");
    return new Device(instance, physicalDevice, report, out.readBigUInt64LE());
  }

  /** Per heap, or null without VK_EXT_memory_budget. */
  memoryBudget(): readonly HeapBudget[] | null {
    return queryBudget(this.#instance, this.#physicalDevice, this.report);
  }

  /** Waits for running work, then frees device and instance. Everything made from them must be destroyed first. */
  async destroy(): Promise<void> {
    await this.queue.destroy();
    this.vk.vkDestroyDevice(this.handle, null);
    this.#instance.destroy();
  }
}

/** The chain of feature structures for the features that the device has and this package uses. */
function enabledFeatures(report: DeviceReport): Buffer | null {
  const { features } = report;
  let chain: Buffer | null = null;
  const enable = <S extends Struct>(present: boolean, type: S, feature: keyof S["fields"] & string) => {
    if (present) chain = encode<Struct>(type, { pNext: chain, [feature]: 1 });
  };
  enable(
    features.storageBuffer16BitAccess,
    structs.VkPhysicalDevice16BitStorageFeatures,
    "storageBuffer16BitAccess",
  );
  enable(features.shaderFloat16, structs.VkPhysicalDeviceShaderFloat16Int8Features, "shaderFloat16");
  enable(features.vulkanMemoryModel, structs.VkPhysicalDeviceVulkanMemoryModelFeatures, "vulkanMemoryModel");
  enable(
    features.cooperativeMatrix,
    structs.VkPhysicalDeviceCooperativeMatrixFeaturesKHR,
    "cooperativeMatrix",
  );
  enable(features.memoryPriority, structs.VkPhysicalDeviceMemoryPriorityFeaturesEXT, "memoryPriority");
  enable(
    usesPageableMemory(report),
    structs.VkPhysicalDevicePageableDeviceLocalMemoryFeaturesEXT,
    "pageableDeviceLocalMemory",
  );
  return chain;
}
