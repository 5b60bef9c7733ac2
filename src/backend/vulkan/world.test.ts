import { describe, expect, it } from "vitest";
import { type WorldDevice, worldDevices, worldIsHere } from "../../../test/world.js";
import type { ModelDimensions } from "../../model/dimensions.js";
import { decoderProgram } from "../../network/decoder.js";
import { encoderProgram } from "../../network/encoder.js";
import { describeWeights } from "../../network/tensors.js";
import type { Step } from "../../ops/index.js";
import type { KernelDevice, KernelVariant } from "../../ops/kernel.js";
import { vulkanKernels } from "../../ops/vulkan-kernels.js";
import { computeQueueFamily, type DeviceReport, type DeviceType, kernelDevice } from "./device-report.js";

if (!worldIsHere)
  console.log("skipped: which kernels the world's devices get (the table of devices is absent)");

const types: readonly DeviceType[] = ["other", "integrated", "discrete", "virtual", "cpu"];

/** A row of the table in our terms; cooperative matrix shapes are not in it, so 16x16x16, the common one, is taken. */
function reportOf(row: WorldDevice): DeviceReport {
  const { limits } = row;
  const subgroupSize = limits.subgroupSize ?? 0;
  const has = (feature: string) => row.features.includes(feature);
  const version = row.api.split(".").map(Number);
  return {
    name: row.name,
    vendorId: row.vendor,
    type: types[row.type] ?? "other",
    driver: row.driver ?? "",
    apiVersion: [version[0] ?? 1, version[1] ?? 0],
    heaps: row.heaps.map(([sizeBytes, flags]) => ({ sizeBytes, deviceLocal: (flags & 1) !== 0 })),
    memoryTypes: row.types.map(([flags, heap]) => ({ flags, heap })),
    limits: {
      maxStorageBufferRange: limits.maxStorageBufferRange || 2 ** 27,
      maxMemoryAllocationSize: limits.maxMemoryAllocationSize || 2 ** 30,
      maxBufferSize: limits.maxBufferSize ?? Number.POSITIVE_INFINITY,
      maxMemoryAllocationCount: limits.maxMemoryAllocationCount ?? 4096,
      minStorageBufferOffsetAlignment: limits.minStorageBufferOffsetAlignment ?? 256,
      nonCoherentAtomSize: limits.nonCoherentAtomSize ?? 256,
      maxPushConstantsSize: limits.maxPushConstantsSize ?? 0,
      maxPerStageStorageBuffers: limits.maxPerStageDescriptorStorageBuffers ?? 0,
      maxSharedMemorySize: limits.maxComputeSharedMemorySize ?? 0,
      maxWorkgroupInvocations: limits.maxComputeWorkGroupInvocations ?? 0,
      maxWorkgroupSize: limits.maxComputeWorkGroupSize ?? [0, 0, 0],
      maxWorkgroupCount: limits.maxComputeWorkGroupCount ?? [0, 0, 0],
      subgroupSize,
      minSubgroupSize: limits.minSubgroupSize ?? subgroupSize,
      maxSubgroupSize: limits.maxSubgroupSize ?? subgroupSize,
    },
    features: {
      storageBuffer16BitAccess: has("storageBuffer16BitAccess"),
      shaderFloat16: has("shaderFloat16"),
      vulkanMemoryModel: has("vulkanMemoryModel"),
      memoryPriority: has("memoryPriority"),
      pageableDeviceLocalMemory: has("pageableDeviceLocalMemory"),
      subgroupArithmetic:
        ((limits.subgroupSupportedOperations ?? 0) & 4) !== 0 &&
        ((limits.subgroupSupportedStages ?? 0) & 32) !== 0,
      cooperativeMatrix: has("cooperativeMatrix"),
      cooperativeMatrixShapes: has("cooperativeMatrix") ? [{ m: 16, n: 16, k: 16 }] : [],
    },
    extensions: row.extensions,
    queueFamilies: row.queues.map((flags) => ({ flags, count: 1 })),
  };
}

/** Why a device cannot be used at all, whatever the kernel: less than Vulkan 1.0 promises, or null. */
function belowGuarantees({ limits, heaps, memoryTypes }: DeviceReport): string | null {
  if (heaps.length === 0 || memoryTypes.length === 0) return "no memory";
  if (limits.maxPerStageStorageBuffers < 4)
    return `${limits.maxPerStageStorageBuffers} storage buffers a stage`;
  if (limits.maxPushConstantsSize < 128) return `${limits.maxPushConstantsSize} bytes of push constants`;
  if (limits.maxStorageBufferRange < 2 ** 27) return `bindings of ${limits.maxStorageBufferRange} bytes`;
  return null;
}

const large: ModelDimensions = {
  nVocab: 51866,
  nAudioCtx: 1500,
  nAudioState: 1280,
  nAudioHead: 20,
  nAudioLayer: 1,
  nTextCtx: 448,
  nTextState: 1280,
  nTextHead: 20,
  nTextLayer: 1,
  nMels: 128,
};

/** Every distinct kind of step that Whisper runs, at the sizes of large-v3. */
function allSteps(): Step[] {
  const { weights } = describeWeights(large, "f16");
  const decoder = (nTokens: number) =>
    decoderProgram(large, weights, { nRows: 1, nTokens, nSelect: 1, nAudio: 1 });
  return [encoderProgram(large, weights, 1), decoder(1), decoder(64)].flatMap(({ steps }) => steps);
}

function variantFor(step: Step, device: KernelDevice): { name: string } | { reasons: string } {
  const variants = vulkanKernels[step.op] as readonly KernelVariant[];
  const reasons = variants.map(
    (v) =>
      v.unsupported(device) ??
      (v.suits(step) && (v.pays?.(step, device) ?? true) ? null : "not for these sizes"),
  );
  const index = reasons.indexOf(null);
  return index >= 0 ? { name: variants[index]!.name } : { reasons: `${step.op}: ${reasons.join("; ")}` };
}

describe.skipIf(!worldIsHere)("the world's devices", () => {
  it("are served, all but one in a thousand of those that compute", () => {
    const steps = allSteps();
    const counts = new Map<string, number>();
    const unserved = new Map<string, string[]>();
    const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
    let computing = 0;
    let served = 0;
    for (const row of worldDevices()) {
      const report = reportOf(row);
      if (computeQueueFamily(report) < 0) {
        count("(no compute queue)");
        continue;
      }
      computing++;
      const device = kernelDevice(report);
      const chosen = steps.map((step) => [step.op, variantFor(step, device)] as const);
      const failure = chosen.map(([, v]) => ("reasons" in v ? v.reasons : null)).find((r) => r !== null);
      const why = belowGuarantees(report) ?? failure ?? null;
      if (why !== null) {
        unserved.set(why, [...(unserved.get(why) ?? []), report.name]);
        continue;
      }
      served++;
      for (const key of new Set(chosen.map(([op, v]) => `${op}: ${(v as { name: string }).name}`)))
        count(key);
    }
    console.log(
      [`${served} of ${computing} devices with a compute queue are served`, ...table(counts)].join("\n"),
    );
    for (const [why, names] of unserved)
      console.log(`not served, ${why}: ${names.length} (${[...new Set(names)].slice(0, 5).join(", ")})`);
    expect(computing).toBeGreaterThan(18000);
    expect(served / computing).toBeGreaterThanOrEqual(0.999);
  });
});

function table(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort().map(([key, n]) => `  ${String(n).padStart(6)}  ${key}`);
}
