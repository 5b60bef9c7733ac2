import { type ErrorCode, WhisperVulkanError } from "../errors.js";

const goneCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "device-unknown",
  "vulkan-unavailable",
  "vulkan-call-failed",
]);

/** Whether this error means, on reopening a device, that the device has gone. Refused memory does not: the CPU takes over. */
export function isGone(error: unknown): error is WhisperVulkanError {
  return error instanceof WhisperVulkanError && goneCodes.has(error.code);
}
