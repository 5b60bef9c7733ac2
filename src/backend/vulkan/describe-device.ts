import { flagNames } from "../../memory/index.js";
import { computeQueueFamily, type DeviceReport } from "./device-report.js";

/** The important properties of a device as text: (name, value) line by line. */
export function describeDevice(device: DeviceReport): (readonly [what: string, value: string])[] {
  const { limits, heaps, memoryTypes } = device;
  const lines: (readonly [string, string])[] = [
    ["driver", `${device.driver}, Vulkan ${device.apiVersion.join(".")}`],
    ...heaps.map(
      ({ sizeBytes, deviceLocal }, i) =>
        [
          `heap ${i}`,
          `${size(sizeBytes)}, ${deviceLocal ? "on the device" : "in the host's memory"}`,
        ] as const,
    ),
    ...memoryTypes.map(
      ({ flags, heap }, i) => [`memory type ${i}`, `${flagNames(flags)}, heap ${heap}`] as const,
    ),
    [
      "allocations",
      `${size(limits.maxMemoryAllocationSize)} each, ` +
        (limits.maxMemoryAllocationCount >= 2 ** 31
          ? "any number"
          : `${limits.maxMemoryAllocationCount} in all`),
    ],
    [
      "buffers",
      `${size(limits.maxStorageBufferRange)} a binding, ${limits.maxPerStageStorageBuffers} a shader, ` +
        `offsets of ${limits.minStorageBufferOffsetAlignment} bytes`,
    ],
    ["push constants", size(limits.maxPushConstantsSize)],
    [
      "work groups",
      `${limits.maxWorkgroupInvocations} invocations (${limits.maxWorkgroupSize.join(" x ")}), ` +
        `${size(limits.maxSharedMemorySize)} of shared memory`,
    ],
    ["subgroups", subgroups(device)],
    ["features", features(device)],
  ];
  if (computeQueueFamily(device) < 0) lines.push(["unusable", "it has no compute queue"]);
  return lines;
}

function subgroups({ limits, features }: DeviceReport): string {
  const { minSubgroupSize: min, maxSubgroupSize: max, subgroupSize } = limits;
  if (subgroupSize === 0) return "unknown";
  const sizes = min === max ? `${subgroupSize} invocations` : `${min} to ${max} invocations`;
  return features.subgroupArithmetic ? `${sizes}, with arithmetic` : sizes;
}

function features({ features, extensions }: DeviceReport): string {
  const shapes = [...new Set(features.cooperativeMatrixShapes.map(({ m, n, k }) => `${m}x${n}x${k}`))];
  const names = [
    features.storageBuffer16BitAccess && "16-bit storage",
    features.shaderFloat16 && "f16 arithmetic",
    features.vulkanMemoryModel && "memory model",
    features.cooperativeMatrix && `cooperative matrices ${shapes.join(", ")}`.trimEnd(),
    features.memoryPriority && "memory priority",
    features.pageableDeviceLocalMemory && "pageable memory",
    extensions.includes("VK_EXT_memory_budget") && "memory budget",
  ];
  return names.filter(Boolean).join(", ") || "none beyond Vulkan 1.0";
}

function size(bytes: number): string {
  const exponent = Math.min(3, Math.max(0, Math.floor(Math.log2(bytes) / 10)));
  const value = bytes / 1024 ** exponent;
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${["bytes", "KiB", "MiB", "GiB"][exponent]}`;
}
