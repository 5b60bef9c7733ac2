import type { Backend } from "../../backend/backend.js";
import { openVulkan, type VulkanOptions } from "../../backend/vulkan/index.js";
import { mockTables, referenceKernels } from "../../backend/vulkan/simulate/mock/index.js";
import { unified } from "../../backend/vulkan/simulate/testing/cards.js";

/** Programs on mock drivers compute what they should, and submissions are large. */
export const onMock: VulkanOptions = { kernels: referenceKernels, maxFlops: 1e8 };

/** A device that never fails, and is up sooner than threads are. */
export async function inPlaceOfTheCpu(): Promise<Backend> {
  const backend = await openVulkan("0", onMock, mockTables(unified));
  const { details } = backend.describe();
  backend.describe = () => ({ kind: "cpu", device: "in place of the CPU", details });
  return backend;
}
