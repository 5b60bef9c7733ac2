import type { Card } from "../../../memory/simulate/card.js";
import type { VulkanCalls } from "../bindings/generated/calls.js";
import * as structs from "../bindings/generated/structs.js";
import { encode } from "../bindings/layout.js";
import type { CardHeaps } from "./card-heaps.js";
import { nestedOffset } from "./card-properties.js";
import { chainedTo, patch, writeBytes } from "./foreign-memory.js";

/** A card's heaps and types, and how full the heaps are; nothing of the device underneath. */
export function cardMemoryProperties(card: Card, heaps: CardHeaps): Partial<VulkanCalls> {
  const memory = {
    memoryTypeCount: card.types.length,
    memoryTypes: card.types.map(({ flags, heap }) => ({ propertyFlags: flags, heapIndex: heap })),
    memoryHeapCount: card.heaps.length,
    memoryHeaps: card.heaps.map(({ sizeBytes, deviceLocal }) => ({
      size: toU64(sizeBytes),
      flags: deviceLocal ? 1 : 0,
    })),
  };
  const budgetType = structs.VkPhysicalDeviceMemoryBudgetPropertiesEXT;
  return {
    vkGetPhysicalDeviceMemoryProperties(_device, properties) {
      writeBytes(properties!, encode(structs.VkPhysicalDeviceMemoryProperties, memory));
    },
    vkGetPhysicalDeviceMemoryProperties2(_device, properties) {
      patch(properties!, nestedOffset, structs.VkPhysicalDeviceMemoryProperties, memory);
      for (const { type, address } of chainedTo(properties!)) {
        if (type !== budgetType.type) continue;
        const budgets = heaps.budgets();
        patch(address, 0, budgetType, {
          heapBudget: budgets.map(({ budgetBytes }) => toU64(budgetBytes)),
          heapUsage: budgets.map(({ usageBytes }) => toU64(usageBytes)),
        });
      }
    },
  };
}

/** Budgets of 2^64 - 1 occur; as a JSON number that is 2^64. */
function toU64(bytes: number): bigint {
  return bytes >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(Math.floor(bytes));
}
