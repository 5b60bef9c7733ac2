import { expect, it } from "vitest";
import { describeDevice } from "./describe-device.js";
import type { DeviceReport } from "./device-report.js";

const card: DeviceReport = {
  name: "a card",
  vendorId: 0x10de,
  type: "discrete",
  driver: "NVIDIA 580.95.05",
  apiVersion: [1, 4],
  heaps: [
    { sizeBytes: 8 * 2 ** 30, deviceLocal: true },
    { sizeBytes: 1.5 * 2 ** 30, deviceLocal: false },
  ],
  memoryTypes: [
    { flags: 1, heap: 0 },
    { flags: 6, heap: 1 },
  ],
  limits: {
    maxStorageBufferRange: 2 ** 27,
    maxMemoryAllocationSize: 2 ** 32,
    maxBufferSize: 2 ** 40,
    maxMemoryAllocationCount: 4096,
    minStorageBufferOffsetAlignment: 16,
    nonCoherentAtomSize: 64,
    maxPushConstantsSize: 128,
    maxPerStageStorageBuffers: 4,
    maxSharedMemorySize: 16384,
    maxWorkgroupInvocations: 1024,
    maxWorkgroupSize: [1024, 1024, 64],
    maxWorkgroupCount: [65535, 65535, 65535],
    subgroupSize: 32,
    minSubgroupSize: 32,
    maxSubgroupSize: 32,
  },
  features: {
    storageBuffer16BitAccess: true,
    shaderFloat16: false,
    vulkanMemoryModel: true,
    memoryPriority: false,
    pageableDeviceLocalMemory: true,
    subgroupArithmetic: true,
    cooperativeMatrix: true,
    cooperativeMatrixShapes: [
      { m: 16, n: 16, k: 16 },
      { m: 16, n: 8, k: 16 },
    ],
  },
  extensions: ["VK_EXT_memory_budget"],
  queueFamilies: [{ flags: 2, count: 1 }],
};

it("says what matters of a device", () => {
  expect(describeDevice(card)).toEqual([
    ["driver", "NVIDIA 580.95.05, Vulkan 1.4"],
    ["heap 0", "8 GiB, on the device"],
    ["heap 1", "1.5 GiB, in the host's memory"],
    ["memory type 0", "DEVICE_LOCAL, heap 0"],
    ["memory type 1", "HOST_VISIBLE|HOST_COHERENT, heap 1"],
    ["allocations", "4 GiB each, 4096 in all"],
    ["buffers", "128 MiB a binding, 4 a shader, offsets of 16 bytes"],
    ["push constants", "128 bytes"],
    ["work groups", "1024 invocations (1024 x 1024 x 64), 16 KiB of shared memory"],
    ["subgroups", "32 invocations, with arithmetic"],
    [
      "features",
      "16-bit storage, memory model, cooperative matrices 16x16x16, 16x8x16, pageable memory, memory budget",
    ],
  ]);
});

it("says so of one that has only Vulkan 1.0, or doesn't compute", () => {
  const features = {
    ...card.features,
    storageBuffer16BitAccess: false,
    vulkanMemoryModel: false,
    pageableDeviceLocalMemory: false,
  };
  const old: DeviceReport = {
    ...card,
    limits: { ...card.limits, subgroupSize: 0, minSubgroupSize: 0, maxSubgroupSize: 0 },
    features: { ...features, cooperativeMatrix: false, cooperativeMatrixShapes: [] },
    extensions: [],
    queueFamilies: [{ flags: 1, count: 1 }],
  };
  expect(describeDevice(old).slice(-3)).toEqual([
    ["subgroups", "unknown"],
    ["features", "none beyond Vulkan 1.0"],
    ["unusable", "it has no compute queue"],
  ]);
});
