import type { Backend } from "../backend/backend.js";
import { openCpu } from "../backend/cpu/index.js";
import { openVulkan } from "../backend/vulkan/index.js";
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

/** Opens the device that was asked for. Errors: device-unknown, vulkan-unavailable, option-invalid. */
export async function openBackend(options: DeviceOptions): Promise<Backend> {
  const device = String(options.device ?? process.env.WHISPER_VULKAN_DEVICE ?? "auto");
  const { threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64))
    throw new WhisperVulkanError(
      "option-invalid",
      `threads must be a whole number from 1 to 64, not ${threads}`,
    );
  if (device === "cpu") return openCpuBackend(options);
  try {
    return await openVulkan(device);
  } catch (error) {
    const absent =
      error instanceof WhisperVulkanError &&
      (error.code === "vulkan-unavailable" || error.code === "device-unknown");
    if (device !== "auto" || !absent) throw error;
    options.onNote?.(`no GPU: ${error.message}; the built-in CPU backend does the work`);
    return openCpuBackend(options);
  }
}

export function openCpuBackend({ threads }: DeviceOptions): Promise<Backend> {
  return openCpu(threads === undefined ? {} : { threads });
}
