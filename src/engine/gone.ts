import { type ErrorCode, WhisperVulkanError } from "../errors.js";

const goneCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "device-unknown",
  "vulkan-unavailable",
  "vulkan-call-failed",
]);

/** Whether this is what a device that was there says, when it is opened again, that has gone. Refused memory is not: the CPU takes over. */
export function isGone(error: unknown): error is WhisperVulkanError {
  return error instanceof WhisperVulkanError && goneCodes.has(error.code);
}
