import type { HeapBudget } from "../../memory/index.js";
import * as structs from "./bindings/generated/structs.js";
import { decode, encode } from "./bindings/layout.js";
import type { DeviceReport } from "./device-report.js";
import type { Instance } from "./instance.js";

/** What this process may use and uses of each heap at this moment, or null without VK_EXT_memory_budget. */
export function queryBudget(
  instance: Pick<Instance, "vk">,
  physicalDevice: bigint,
  { extensions, heaps }: DeviceReport,
): readonly HeapBudget[] | null {
  if (!extensions.includes("VK_EXT_memory_budget")) return null;
  const bytes = encode(structs.VkPhysicalDeviceMemoryBudgetPropertiesEXT);
  const head = encode(structs.VkPhysicalDeviceMemoryProperties2, { pNext: bytes });
  instance.vk.vkGetPhysicalDeviceMemoryProperties2(physicalDevice, head);
  const { heapBudget, heapUsage } = decode(structs.VkPhysicalDeviceMemoryBudgetPropertiesEXT, bytes);
  return heaps.map((_, i) => ({ budgetBytes: Number(heapBudget[i]), usageBytes: Number(heapUsage[i]) }));
}
