import type { HeapBudget } from "../../memory/index.js";
import { type Card, cardFrom, cardName } from "../../memory/simulate/index.js";
import type { DeviceReport } from "./device-report.js";

/**
 * A real device as a card. budgets: what is free at this moment, or null where the driver does not report it. ramBytes: the
 * machine's memory.
 */
export function cardOf(report: DeviceReport, budgets: readonly HeapBudget[] | null, ramBytes: number): Card {
  const { limits, features } = report;
  return cardFrom(
    {
      name: cardName(report.name),
      device: {
        name: report.name,
        type: report.type,
        vendorId: report.vendorId,
        driver: report.driver,
        apiVersion: report.apiVersion,
      },
      heaps: report.heaps.map(({ sizeBytes, deviceLocal }, i) => ({
        sizeBytes,
        deviceLocal,
        ...budgets?.[i],
      })),
      types: report.memoryTypes,
      limits: {
        maxMemoryAllocationSize: limits.maxMemoryAllocationSize,
        maxMemoryAllocationCount: limits.maxMemoryAllocationCount,
        ...(Number.isFinite(limits.maxBufferSize) ? { maxBufferSize: limits.maxBufferSize } : {}),
        maxStorageBufferRange: limits.maxStorageBufferRange,
        minStorageBufferOffsetAlignment: limits.minStorageBufferOffsetAlignment,
        nonCoherentAtomSize: limits.nonCoherentAtomSize,
        maxComputeSharedMemorySize: limits.maxSharedMemorySize,
        maxComputeWorkGroupInvocations: limits.maxWorkgroupInvocations,
        subgroupSize: limits.subgroupSize,
      },
      // the driver underneath decides what is not a Vulkan feature (subgroup arithmetic, matrix shapes)
      features: Object.entries(features)
        .filter(([name, value]) => value === true && name !== "subgroupArithmetic")
        .map(([name]) => name),
      extensions: report.extensions,
    },
    ramBytes,
  );
}
