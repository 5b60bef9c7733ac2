import type { Card } from "./card.js";
import { readCard } from "./read-card.js";
import { cardFromGpuinfo, isGpuinfo } from "./reports/gpuinfo.js";
import { cardFromVulkaninfo, isVulkaninfo } from "./reports/vulkaninfo.js";

/**
 * A card from a file in our own format, of `vulkaninfo --json`, or of vulkan.gpuinfo.org. The format is detected from what
 * it contains. source: where the JSON is from, for messages. Error: card-invalid.
 */
export function cardFromJson(json: unknown, source: string): Card {
  // old reports of gpuinfo look like vulkaninfo's and have more
  if (isGpuinfo(json)) return cardFromGpuinfo(json, source);
  if (isVulkaninfo(json)) return cardFromVulkaninfo(json, source);
  return readCard(json, source);
}
