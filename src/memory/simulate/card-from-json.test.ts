import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../../errors.js";
import { cardNamed } from "./card-files.js";
import { cardFromJson } from "./card-from-json.js";
import { readCard } from "./read-card.js";

/** What vulkaninfo 1.3.204 writes of lavapipe, cut down to what is read. */
const devsim = {
  $schema: "https://schema.khronos.org/vulkan/devsim_1_0_0.json#",
  comments: { desc: "JSON configuration file describing GPU 0", vulkanApiVersion: "1.3.204" },
  VkPhysicalDeviceProperties: {
    apiVersion: 4206796,
    driverVersion: 1,
    vendorID: 65541,
    deviceType: 4,
    deviceName: "llvmpipe (LLVM 15.0.7, 256 bits)",
    limits: {
      maxStorageBufferRange: 134217728,
      maxMemoryAllocationCount: 4294967295,
      minStorageBufferOffsetAlignment: 16,
      nonCoherentAtomSize: 64,
      maxComputeSharedMemorySize: 32768,
      maxComputeWorkGroupInvocations: 1024,
    },
  },
  VkPhysicalDeviceVulkan11Properties: { maxMemoryAllocationSize: 2147483648, subgroupSize: 8 },
  ArrayOfVkExtensionProperties: [{ extensionName: "VK_EXT_memory_budget", specVersion: 1 }],
  VkPhysicalDeviceMemoryProperties: {
    memoryHeaps: [{ flags: 1, size: 33544609792 }],
    memoryTypes: [{ heapIndex: 0, propertyFlags: 15 }],
  },
  VkPhysicalDeviceFeatures: { shaderInt16: 1, depthBounds: 0 },
};

/** What vulkaninfo 1.3.239 writes of lavapipe, likewise; it has no memory. */
const profile = {
  $schema: "https://schema.khronos.org/vulkan/profiles-0.8-latest.json#",
  capabilities: {
    device: {
      extensions: { VK_EXT_memory_budget: 1, VK_KHR_16bit_storage: 1 },
      features: {
        VkPhysicalDeviceFeatures: { shaderInt16: true, depthBounds: false },
        VkPhysicalDevice16BitStorageFeatures: { storageBuffer16BitAccess: true },
      },
      properties: {
        VkPhysicalDeviceProperties: {
          ...devsim.VkPhysicalDeviceProperties,
          deviceType: "VK_PHYSICAL_DEVICE_TYPE_CPU",
        },
        VkPhysicalDeviceDriverProperties: { driverName: "llvmpipe", driverInfo: "Mesa 22.3.6 (LLVM 15.0.6)" },
        VkPhysicalDeviceMaintenance3Properties: { maxMemoryAllocationSize: 2147483648 },
        VkPhysicalDeviceMaintenance4Properties: { maxBufferSize: 4294967295 },
        VkPhysicalDeviceSubgroupProperties: { subgroupSize: 8 },
      },
    },
  },
  profiles: { VP_VULKANINFO_llvmpipe: { version: 1, "api-version": "1.3.230", capabilities: ["device"] } },
};
const withMemory = (memory: object, more: object = {}) => ({
  ...profile,
  capabilities: {
    device: {
      ...profile.capabilities.device,
      properties: {
        ...profile.capabilities.device.properties,
        VkPhysicalDeviceMemoryProperties: memory,
        ...more,
      },
    },
  },
});

/** A report of vulkan.gpuinfo.org, likewise. */
const gpuinfo = {
  core11: {
    features: { storageBuffer16BitAccess: 1, protectedMemory: 0 },
    properties: { maxMemoryAllocationSize: 4292870144, subgroupSize: 32 },
  },
  core12: {
    features: { shaderFloat16: 1, vulkanMemoryModel: 1 },
    properties: { driverInfo: "551.81", driverName: "NVIDIA" },
  },
  core13: { features: { maintenance4: 1 }, properties: { maxBufferSize: "1099511627776" } },
  environment: { appversion: "3.34", name: "windows", reportversion: "3.2" },
  extended: {
    devicefeatures2: [
      { extension: "VK_EXT_memory_priority", name: "memoryPriority", supported: true },
      { extension: "VK_KHR_cooperative_matrix", name: "cooperativeMatrix", supported: false },
    ],
    deviceproperties2: [{ extension: "VK_EXT_subgroup_size_control", name: "minSubgroupSize", value: "32" }],
  },
  extensions: [{ extensionName: "VK_EXT_memory_budget", specVersion: 1 }],
  features: { shaderInt16: 1, depthBounds: 0 },
  memory: {
    memoryHeapCount: 2,
    memoryHeaps: [
      { flags: 1, size: "0x2eec00000" },
      { flags: 0, size: "0x3fdac6000" },
    ],
    memoryTypeCount: 5,
    memoryTypes: [
      { heapIndex: 1, propertyFlags: 0 },
      { heapIndex: 0, propertyFlags: 1 },
      { heapIndex: 1, propertyFlags: 6 },
      { heapIndex: 1, propertyFlags: 14 },
      { heapIndex: 0, propertyFlags: 7 },
    ],
  },
  properties: {
    apiVersion: 4206871,
    apiVersionText: "1.3.279",
    deviceName: "NVIDIA GeForce RTX 4070",
    deviceType: 2,
    driverVersionText: "551.81.0.0",
    vendorID: 4318,
    limits: {
      maxStorageBufferRange: 4294967295,
      maxMemoryAllocationCount: 4294967295,
      minStorageBufferOffsetAlignment: "0x10",
      nonCoherentAtomSize: "0x40",
      maxComputeSharedMemorySize: 49152,
      maxComputeWorkGroupInvocations: 1024,
    },
    subgroupProperties: { subgroupSize: 32 },
  },
};

describe("cardFromJson", () => {
  it("reads structures side by side, as vulkaninfo wrote them first", () => {
    expect(cardFromJson(devsim, "x")).toEqual({
      name: "llvmpipe-llvm-15-0-7-256-bits",
      device: {
        name: "llvmpipe (LLVM 15.0.7, 256 bits)",
        type: "cpu",
        vendorId: 65541,
        driver: "version 1",
        apiVersion: [1, 3],
      },
      heaps: [{ sizeBytes: 33544609792, deviceLocal: true }],
      types: [{ flags: 15, heap: 0 }],
      limits: {
        maxMemoryAllocationSize: 2147483648,
        maxMemoryAllocationCount: 4294967295,
        maxBufferSize: 2 ** 64 - 2048,
        maxStorageBufferRange: 134217728,
        minStorageBufferOffsetAlignment: 16,
        nonCoherentAtomSize: 64,
        maxComputeSharedMemorySize: 32768,
        maxComputeWorkGroupInvocations: 1024,
        subgroupSize: 8,
      },
      features: ["shaderInt16"],
      extensions: ["VK_EXT_memory_budget"],
      ramBytes: 33544609792,
      assumed: ["limits.maxBufferSize", "ramBytes"],
    });
  });

  it("reads a profile with memory: flags by name, budgets", () => {
    const memory = {
      memoryHeaps: [
        { size: 8321499136, flags: ["MEMORY_HEAP_DEVICE_LOCAL_BIT", "VK_MEMORY_HEAP_MULTI_INSTANCE_BIT"] },
        { size: "8573157376", flags: [] },
        { size: 268435456, flags: "DEVICE_LOCAL" },
      ],
      memoryTypes: [
        { heapIndex: 0, propertyFlags: ["VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT"] },
        { heapIndex: 2, propertyFlags: "DEVICE_LOCAL|HOST_VISIBLE|HOST_COHERENT" },
        { heapIndex: 1, propertyFlags: ["MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD"] },
        { heapIndex: 1, propertyFlags: "0xC6" },
      ],
    };
    const budgets = { heapBudget: [8000000000, 8000000000, 181755904], heapUsage: [0, 0, 5] };
    const json = withMemory(memory, { VkPhysicalDeviceMemoryBudgetPropertiesEXT: budgets });
    expect(cardFromJson(json, "x")).toMatchObject({
      device: { type: "cpu", driver: "llvmpipe Mesa 22.3.6 (LLVM 15.0.6)", apiVersion: [1, 3] },
      heaps: [
        { sizeBytes: 8321499136, deviceLocal: true, budgetBytes: 8000000000, usageBytes: 0 },
        { sizeBytes: 8573157376, deviceLocal: false },
        { sizeBytes: 268435456, deviceLocal: true, budgetBytes: 181755904, usageBytes: 5 },
      ],
      types: [
        { flags: 1, heap: 0 },
        { flags: 7, heap: 2 },
        { flags: 0x40, heap: 1 },
        { flags: 0xc6, heap: 1 },
      ],
      limits: { maxMemoryAllocationSize: 2147483648, maxBufferSize: 4294967295, subgroupSize: 8 },
      features: ["storageBuffer16BitAccess", "shaderInt16"],
      extensions: ["VK_EXT_memory_budget", "VK_KHR_16bit_storage"],
      ramBytes: 8573157376,
      assumed: ["ramBytes"],
    });
  });

  it("says that a profile without memory is not a card, and what to use", () => {
    expect(() => cardFromJson(profile, "VP_VULKANINFO.json")).toThrow(
      expect.objectContaining({
        code: "card-invalid",
        message: "VP_VULKANINFO.json: a vulkaninfo profile, which has no heaps or memory types",
        hint: expect.stringContaining("--export"),
      }),
    );
  });

  it("reads a report of vulkan.gpuinfo.org", () => {
    expect(cardFromJson(gpuinfo, "x")).toMatchObject({
      name: "nvidia-geforce-rtx-4070",
      device: {
        name: "NVIDIA GeForce RTX 4070",
        type: "discrete",
        vendorId: 4318,
        driver: "NVIDIA 551.81",
        apiVersion: [1, 3],
      },
      heaps: [
        { sizeBytes: 0x2eec00000, deviceLocal: true },
        { sizeBytes: 0x3fdac6000, deviceLocal: false },
      ],
      types: [0, 1, 6, 14, 7].map((flags) => ({ flags, heap: flags === 1 || flags === 7 ? 0 : 1 })),
      limits: {
        maxMemoryAllocationSize: 4292870144,
        maxBufferSize: 2 ** 40,
        nonCoherentAtomSize: 64,
        subgroupSize: 32,
      },
      features: expect.arrayContaining([
        "memoryPriority",
        "shaderFloat16",
        "storageBuffer16BitAccess",
        "shaderInt16",
      ]),
      extensions: ["VK_EXT_memory_budget"],
      assumed: ["ramBytes"],
    });
    expect(cardFromJson(gpuinfo, "x").features).not.toContain("cooperativeMatrix");
  });

  it("reads one of its older reports, whose limits stand in lists", () => {
    const { VkPhysicalDeviceVulkan11Properties: _, ...old } = devsim;
    const deviceproperties2 = [
      { extension: "VK_KHR_maintenance3", name: "maxMemoryAllocationSize", value: "4292870144" },
    ];
    const card = cardFromJson({ ...old, extended: { devicefeatures2: [], deviceproperties2 } }, "x");
    expect(card.limits.maxMemoryAllocationSize).toBe(4292870144);
    expect(card.heaps).toEqual([{ sizeBytes: 33544609792, deviceLocal: true }]);
  });

  it("reads our own format", async () => {
    const card = await cardNamed("amd-rx580-radv");
    expect(cardFromJson(JSON.parse(JSON.stringify(card)), "x")).toEqual(card);
  });

  const memory = gpuinfo.memory;
  it.each<[json: unknown, message: string]>([
    [
      { ...gpuinfo, memory: { ...memory, memoryTypes: [] } },
      "x: no memory type (memory.memoryTypes is empty)",
    ],
    [
      { ...gpuinfo, memory: { ...memory, memoryHeaps: [{ flags: 1, size: "8 GB" }] } },
      'x: memory.memoryHeaps[0].size must be a whole number of bytes, not "8 GB"',
    ],
    [
      { ...gpuinfo, memory: { ...memory, memoryTypes: [{ heapIndex: 7, propertyFlags: 7 }] } },
      "x: memory.memoryTypes[0].heapIndex is 7, but there are 2 heaps, counted from 0",
    ],
    [
      { ...gpuinfo, memory: { ...memory, memoryTypes: [{ heapIndex: 0, propertyFlags: "FAST" }] } },
      'x: memory.memoryTypes[0].propertyFlags: "FAST" is not a memory flag',
    ],
    [{ ...gpuinfo, memory: null }, "x: memory must be an object, not null"],
    [
      { ...devsim, VkPhysicalDeviceMemoryProperties: undefined },
      "x: VkPhysicalDeviceMemoryProperties is missing (an object)",
    ],
    [{ capabilities: {} }, "x: capabilities.device is missing (an object)"],
  ])("says what is wrong with a report", (json, message) => {
    expect(() => cardFromJson(json, "x")).toThrow(expect.objectContaining({ code: "card-invalid", message }));
  });

  it("makes a card that can be read back, or an error, of any report with a part replaced by junk", () => {
    const reports = fc.constantFrom<object>(devsim, profile, gpuinfo, withMemory(memory));
    fc.assert(
      fc.property(reports, fc.infiniteStream(fc.nat(9)), fc.jsonValue(), (report, turns, junk) => {
        try {
          const card = cardFromJson(replaced(report, turns, junk), "x");
          expect(readCard(JSON.parse(JSON.stringify(card)), "x")).toEqual(card);
        } catch (error) {
          if (!(error instanceof WhisperVulkanError)) throw error;
          expect(error.code).toBe("card-invalid");
          expect(error.message).not.toContain("\n");
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Walks down at random and puts junk there. */
function replaced(value: unknown, turns: Iterator<number>, junk: unknown): unknown {
  const turn = turns.next().value as number;
  if (typeof value !== "object" || value === null || turn === 9) return junk;
  const keys = Object.keys(value);
  const key = keys[turn % Math.max(1, keys.length)];
  if (key === undefined) return junk;
  const part = replaced((value as Record<string, unknown>)[key], turns, junk);
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === key ? part : one));
  return { ...value, [key]: part };
}
