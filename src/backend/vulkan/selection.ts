import { WhisperVulkanError } from "../../errors.js";
import { shown } from "../../shown.js";
import { computeQueueFamily, type DeviceReport } from "./device-report.js";

/** "auto", a number in the list of devices, or (part of) a name. */
export type DeviceSelection = string;

/** Real GPUs, best first. Software devices are never chosen automatically: the built-in CPU backend is faster. */
const preference = ["discrete", "integrated", "virtual", "other"] as const;

/**
 * Index of the device that a selection names. Errors: vulkan-unavailable where there is no device;
 * device-unknown, which lists the devices.
 */
export function selectDevice(devices: readonly DeviceReport[], selection: DeviceSelection): number {
  if (devices.length === 0)
    throw new WhisperVulkanError("vulkan-unavailable", "The Vulkan loader found no device", {
      hint: "Install or update the graphics driver; or use --device cpu",
    });
  const chosen = selection === "auto" ? bestDevice(devices) : named(devices, selection);
  const device = devices[chosen];
  if (!device) {
    const what =
      selection === "auto"
        ? "No GPU that can compute was found"
        : `There is no Vulkan device ${shown(selection)}`;
    throw new WhisperVulkanError("device-unknown", `${what}; ${listed(devices)}`, {
      hint: "whisper-vulkan devices lists them; --device cpu works everywhere",
    });
  }
  if (!canCompute(device))
    throw new WhisperVulkanError("device-unknown", `${device.name} cannot compute (no compute queue)`, {
      hint: "Choose another device, or use --device cpu",
    });
  return chosen;
}

/** Whether a device can be used at all. */
export function canCompute(device: DeviceReport): boolean {
  return computeQueueFamily(device) >= 0;
}

/** Index of the device that "auto" uses, or -1 where that is the CPU. */
export function bestDevice(devices: readonly DeviceReport[]): number {
  for (const type of preference) {
    const index = devices.findIndex((device) => device.type === type && canCompute(device));
    if (index >= 0) return index;
  }
  return -1;
}

function named(devices: readonly DeviceReport[], selection: string): number {
  if (/^\d+$/.test(selection)) return Number(selection);
  const wanted = selection.toLowerCase();
  const exact = devices.findIndex(({ name }) => name.toLowerCase() === wanted);
  if (exact >= 0 || wanted === "") return exact;
  return devices.findIndex(({ name }) => name.toLowerCase().includes(wanted));
}

/** "the Vulkan devices here are number 0, llvmpipe (software on the CPU), and number 1, NVIDIA T4". */
function listed(devices: readonly DeviceReport[]): string {
  const each = devices.map(
    ({ name, type }, i) => `number ${i}, ${name}${type === "cpu" ? " (software on the CPU)" : ""}`,
  );
  const last = each.pop();
  if (each.length === 0) return `the only Vulkan device here is ${last}`;
  return `the Vulkan devices here are ${each.join("; ")}; and ${last}`;
}
