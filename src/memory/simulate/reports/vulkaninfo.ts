import type { Card } from "../card.js";
import { Fields, isObject, type JsonObject } from "../fields.js";
import { cardFromStructures, merged } from "./vulkan-structures.js";

/** Whether JSON is what vulkaninfo writes: structures side by side (devsim), or a profile with "capabilities". */
export function isVulkaninfo(json: unknown): json is JsonObject {
  return isObject(json) && (isObject(json.VkPhysicalDeviceProperties) || isObject(json.capabilities));
}

/** A card from `vulkaninfo --json`. Error: card-invalid, above all for profiles, which carry no memory. */
export function cardFromVulkaninfo(json: JsonObject, source: string): Card {
  return isObject(json.capabilities) ? fromProfile(json.capabilities, source) : fromStructures(json, source);
}

/** vulkaninfo before 1.3.204 or so: VkPhysicalDeviceProperties and its like, each at the top. */
function fromStructures(json: JsonObject, source: string): Card {
  const all = Object.entries(json);
  const those = (pattern: RegExp) => all.filter(([name]) => pattern.test(name)).map(([, value]) => value);
  const list = json.ArrayOfVkExtensionProperties;
  const extensions = Array.isArray(list) ? list.map((extension) => extension?.extensionName) : [];
  return cardFromStructures(
    {
      properties: json.VkPhysicalDeviceProperties,
      propertiesPath: "VkPhysicalDeviceProperties",
      memory: json.VkPhysicalDeviceMemoryProperties,
      memoryPath: "VkPhysicalDeviceMemoryProperties",
      // the newest structures hold what the older ones do, under the same names
      chained: merged(those(/^VkPhysicalDevice\w+Properties/)),
      features: merged(those(/^VkPhysicalDevice\w*Features/)),
      extensions: extensions.filter((name) => typeof name === "string"),
    },
    source,
  );
}

/**
 * vulkaninfo since then: a profile of Vulkan's profiles schema. That has no place for memory; it is read where a
 * program adds it under the name that the structure has.
 */
function fromProfile(capabilities: JsonObject, source: string): Card {
  const fields = new Fields(source);
  const path = "capabilities.device";
  const device = fields.object(capabilities.device, path);
  const properties = fields.object(device.properties, `${path}.properties`);
  const memory = properties.VkPhysicalDeviceMemoryProperties ?? device.VkPhysicalDeviceMemoryProperties;
  if (memory === undefined)
    fields.invalid(
      "a vulkaninfo profile, which has no heaps or memory types",
      "whisper-vulkan devices --export card.json writes a whole card; reports of vulkan.gpuinfo.org are whole too",
    );
  return cardFromStructures(
    {
      properties: properties.VkPhysicalDeviceProperties,
      propertiesPath: `${path}.properties.VkPhysicalDeviceProperties`,
      memory,
      memoryPath: "VkPhysicalDeviceMemoryProperties",
      chained: merged([...Object.values(properties), device.VkPhysicalDeviceMemoryBudgetPropertiesEXT]),
      features: merged(isObject(device.features) ? Object.values(device.features) : []),
      extensions: isObject(device.extensions) ? Object.keys(device.extensions) : [],
    },
    source,
  );
}
