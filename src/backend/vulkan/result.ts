import { WhisperVulkanError } from "../../errors.js";
import {
  resultNames,
  VK_ERROR_DEVICE_LOST,
  VK_ERROR_OUT_OF_DEVICE_MEMORY,
  VK_ERROR_OUT_OF_HOST_MEMORY,
  VK_SUCCESS,
} from "./bindings/generated/constants.js";

/** "VK_ERROR_OUT_OF_DEVICE_MEMORY (-2)". */
export function resultName(result: number): string {
  return `${resultNames.get(result) ?? "VkResult"} (${result})`;
}

/** A driver's call that failed: another time, or on the device opened again, it may succeed. */
export class VulkanCallError extends WhisperVulkanError {}

/** Whether the device, or its memory in the middle of work, is gone: all can be made again and the work be done again. */
export function isLoss(error: unknown): boolean {
  if (!(error instanceof WhisperVulkanError)) return false;
  return (
    error.code === "device-lost" || (error.code === "memory-refused" && error instanceof VulkanCallError)
  );
}

/** Throws if a call failed. Errors: device-lost, memory-refused, vulkan-call-failed. */
export function check(result: number, call: string): void {
  if (result === VK_SUCCESS) return;
  if (result === VK_ERROR_DEVICE_LOST) throw deviceLost(call);
  if (result === VK_ERROR_OUT_OF_DEVICE_MEMORY || result === VK_ERROR_OUT_OF_HOST_MEMORY)
    throw new VulkanCallError("memory-refused", `${call} failed: ${resultName(result)}`, {
      hint: "Close other programs that use the GPU, or use --device cpu",
    });
  throw new VulkanCallError("vulkan-call-failed", `${call} failed: ${resultName(result)}`, {
    hint: "Update the graphics driver, or use --device cpu",
  });
}

export function deviceLost(call: string): WhisperVulkanError {
  return new VulkanCallError(
    "device-lost",
    `The GPU stopped working (${call}: ${resultName(VK_ERROR_DEVICE_LOST)})`,
    { hint: "Try again; if it happens again, update the graphics driver or use --device cpu" },
  );
}
