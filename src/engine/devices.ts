import {
  bestDevice,
  canCompute,
  type DeviceReport,
  type DeviceType,
  listDevices,
} from "../backend/vulkan/index.js";
import { callback, checkOptions, type OptionTypes } from "../check-options.js";
import { WhisperVulkanError } from "../errors.js";

/** How to list devices. */
export interface DevicesOptions {
  /** Called with a line that says why there is no GPU: no loader, no driver. Not called where there is one. */
  readonly onNote?: ((note: string) => void) | undefined;
}

const optionTypes: OptionTypes<DevicesOptions> = { onNote: callback };

/** A device that can run models. */
export interface DeviceInfo {
  /** The value for the option `device` of Whisper.load(): the number of a Vulkan device, or "cpu" for the CPU backend. */
  readonly device: number | "cpu";
  /** "NVIDIA H200". */
  readonly name: string;
  /** "cpu" is the CPU backend, or Vulkan in software, which is slower. */
  readonly type: DeviceType;
  /** The device's own memory in bytes; null for the CPU backend. */
  readonly memoryBytes: number | null;
  /** Whether "auto" uses it. True for exactly one. */
  readonly isAuto: boolean;
  /** False for a Vulkan device that does not support compute. */
  readonly isUsable: boolean;
  /** Everything else that its driver reports; null for the CPU backend. */
  readonly report: DeviceReport | null;
}

/**
 * The Vulkan devices of this machine in the order of their numbers, and the CPU backend. Nothing is kept open.
 * @throws WhisperVulkanError `vulkan-call-failed`, `device-lost`, `option-invalid`
 */
export async function devices(options: DevicesOptions = {}): Promise<DeviceInfo[]> {
  checkOptions(options, optionTypes);
  const reports = await vulkanDevices(options.onNote);
  const best = bestDevice(reports);
  const cpu: DeviceInfo = {
    ...{ device: "cpu", name: "built-in CPU backend", type: "cpu", memoryBytes: null },
    ...{ isAuto: best < 0, isUsable: true, report: null },
  };
  return [...reports.map((report, i) => ({ ...described(report), device: i, isAuto: i === best })), cpu];
}

/** Having no GPU is a valid answer here, not a failure. */
async function vulkanDevices(onNote: DevicesOptions["onNote"]): Promise<DeviceReport[]> {
  try {
    const reports = await listDevices();
    if (reports.length === 0) onNote?.("The Vulkan loader found no device");
    return reports;
  } catch (error) {
    if (!(error instanceof WhisperVulkanError) || error.code !== "vulkan-unavailable") throw error;
    onNote?.([error.message, error.hint].filter(Boolean).join(". "));
    return [];
  }
}

function described(report: DeviceReport) {
  const own = report.heaps.filter(({ deviceLocal }) => deviceLocal);
  const memoryBytes = own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { name: report.name, type: report.type, memoryBytes, isUsable: canCompute(report), report };
}
