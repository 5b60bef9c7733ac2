import { WhisperVulkanError } from "../../errors.js";

/** The typed error an action ends with; fails when there is none. */
export async function errorOf(action: () => unknown): Promise<WhisperVulkanError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof WhisperVulkanError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
