import { vulkanKernels } from "../../ops/vulkan-kernels.js";
import { VulkanBackend, type VulkanOptions } from "./backend.js";
import { Device } from "./device.js";
import type { DeviceReport } from "./device-report.js";
import { openInstance, physicalDevices, type Tables } from "./instance.js";
import { queryDevice } from "./query-device.js";
import { type DeviceSelection, selectDevice } from "./selection.js";

export { VulkanBackend, type VulkanOptions } from "./backend.js";
export { describeDevice } from "./describe-device.js";
export type { DeviceFeatures, DeviceLimits, DeviceReport, DeviceType } from "./device-report.js";
export { exportCard } from "./export-card.js";
export { realTables, type Tables } from "./instance.js";
export { type PlanningInputs, planManifest, planningLimits } from "./plan-memory.js";
export { isLoss } from "./result.js";
export { bestDevice, canCompute, type DeviceSelection, selectDevice } from "./selection.js";

/** All Vulkan devices of this machine, in the loader's order. Errors: vulkan-unavailable. */
export async function listDevices(tables?: Tables): Promise<DeviceReport[]> {
  const instance = await openInstance(tables);
  try {
    return (await physicalDevices(instance)).map((device) => queryDevice(instance, device));
  } finally {
    instance.destroy();
  }
}

/**
 * Opens the device that a selection names: "auto" (the best real GPU), its number in listDevices(), or a part
 * of its name. Errors: vulkan-unavailable, device-unknown, vulkan-call-failed.
 */
export async function openVulkan(
  selection: DeviceSelection,
  options: VulkanOptions = {},
  tables?: Tables,
): Promise<VulkanBackend> {
  const instance = await openInstance(tables);
  let device: Device;
  try {
    const handles = await physicalDevices(instance);
    const reports = handles.map((handle) => queryDevice(instance, handle));
    const chosen = selectDevice(reports, selection);
    device = await Device.create(instance, handles[chosen]!, reports[chosen]!);
  } catch (error) {
    instance.destroy();
    throw error;
  }
  return VulkanBackend.create(device, options.kernels ?? vulkanKernels, options);
}
