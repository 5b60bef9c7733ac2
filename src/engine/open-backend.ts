import type { Backend } from "../backend/backend.js";
import { openCpu } from "../backend/cpu/index.js";
import { listDevices, openVulkan, selectDevice } from "../backend/vulkan/index.js";
import { WhisperVulkanError } from "../errors.js";

export interface DeviceOptions {
  /**
   * "auto" (default, or the environment variable WHISPER_VULKAN_DEVICE): the best real GPU, else the CPU;
   * "cpu": the built-in CPU backend; a number or a part of a name: that Vulkan device.
   */
  readonly device?: string | number;
  /** Worker threads of the CPU backend. Default: all cores, at most 8. */
  readonly threads?: number;
  /** Told in words when something other than the obvious happens, e.g. why the CPU does the work. */
  readonly onNote?: (note: string) => void;
}

/** Finds out before a long pull whether the device that was asked for is there. Errors: those of openBackend, option-invalid. */
export async function checkDevice(options: DeviceOptions): Promise<void> {
  const { threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64))
    throw new WhisperVulkanError(
      "option-invalid",
      `threads must be a whole number from 1 to 64, not ${threads}`,
    );
  const device = deviceOf(options);
  if (device !== "cpu" && device !== "auto") selectDevice(await listDevices(), device);
}

/** Opens the device that was asked for, options checked before. Errors: device-unknown, vulkan-unavailable. */
export async function openBackend(options: DeviceOptions): Promise<Backend> {
  const device = deviceOf(options);
  if (device === "cpu") return openCpuBackend(options);
  try {
    return await openVulkan(device);
  } catch (error) {
    const absent =
      error instanceof WhisperVulkanError &&
      (error.code === "vulkan-unavailable" || error.code === "device-unknown");
    if (device !== "auto" || !absent) throw error;
    options.onNote?.(`${error.message}; the built-in CPU backend does the work`);
    return openCpuBackend(options);
  }
}

/** What the options ask for: "auto", "cpu", or the number or name of a device. */
export function deviceOf({ device }: DeviceOptions): string {
  const text = String(device ?? (process.env.WHISPER_VULKAN_DEVICE || "auto")).trim();
  return /^(auto|cpu)$/i.test(text) ? text.toLowerCase() : text;
}

export function openCpuBackend({ threads }: DeviceOptions): Promise<Backend> {
  return openCpu(threads === undefined ? {} : { threads });
}
