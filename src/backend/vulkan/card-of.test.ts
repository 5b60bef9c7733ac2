import { describe, expect, it } from "vitest";
import { readCard } from "../../memory/simulate/index.js";
import { cardOf } from "./card-of.js";
import type { DeviceReport } from "./device-report.js";

const report: DeviceReport = {
  name: "AMD Radeon RX 5700 XT",
  vendorId: 0x1002,
  type: "discrete",
  driver: "AMD proprietary driver 22.1.2",
  apiVersion: [1, 3],
  heaps: [
    { sizeBytes: 8321499136, deviceLocal: true },
    { sizeBytes: 8573157376, deviceLocal: false },
  ],
  memoryTypes: [
    { flags: 1, heap: 0 },
    { flags: 6, heap: 1 },
  ],
  limits: {
    maxStorageBufferRange: 2 ** 32 - 1,
    maxMemoryAllocationSize: 2 ** 31,
    maxBufferSize: Number.POSITIVE_INFINITY,
    maxMemoryAllocationCount: 4096,
    minStorageBufferOffsetAlignment: 4,
    nonCoherentAtomSize: 128,
    maxPushConstantsSize: 128,
    maxPerStageStorageBuffers: 4,
    maxSharedMemorySize: 32768,
    maxWorkgroupInvocations: 1024,
    maxWorkgroupSize: [1024, 1024, 64],
    maxWorkgroupCount: [65535, 65535, 65535],
    subgroupSize: 0,
    minSubgroupSize: 0,
    maxSubgroupSize: 0,
  },
  features: {
    storageBuffer16BitAccess: true,
    shaderFloat16: false,
    vulkanMemoryModel: true,
    memoryPriority: false,
    pageableDeviceLocalMemory: false,
    subgroupArithmetic: true,
    cooperativeMatrix: false,
    cooperativeMatrixShapes: [],
  },
  extensions: ["VK_EXT_memory_budget"],
  queueFamilies: [{ flags: 2, count: 1 }],
};

describe("cardOf", () => {
  const budgets = [
    { budgetBytes: 2 ** 64, usageBytes: 0 },
    { budgetBytes: 8e9, usageBytes: 5 },
  ];

  it("says of a device what matters on a card", () => {
    expect(cardOf(report, budgets, 16e9)).toMatchObject({
      name: "amd-radeon-rx-5700-xt",
      device: { type: "discrete", driver: "AMD proprietary driver 22.1.2" },
      heaps: [
        { sizeBytes: 8321499136, budgetBytes: 2 ** 64 - 2048 },
        { sizeBytes: 8573157376, budgetBytes: 8e9, usageBytes: 5 },
      ],
      types: report.memoryTypes,
      limits: {
        maxMemoryAllocationSize: 2 ** 31,
        maxBufferSize: 2 ** 64 - 2048,
        maxComputeSharedMemorySize: 32768,
      },
      features: ["storageBuffer16BitAccess", "vulkanMemoryModel"],
      extensions: ["VK_EXT_memory_budget"],
      ramBytes: 16e9,
      assumed: ["limits.maxBufferSize"],
    });
    expect(cardOf(report, null, 16e9).heaps[0]).not.toHaveProperty("budgetBytes");
  });

  it("makes a card that is read back as it was", () => {
    for (const known of [budgets, null]) {
      const card = cardOf(report, known, 16e9);
      expect(readCard(JSON.parse(JSON.stringify(card)), "card.json")).toEqual(card);
    }
  });
});
