import type { Card } from "../card.js";
import { isObject, type JsonObject } from "../fields.js";
import { cardFromStructures, merged } from "./vulkan-structures.js";

/** Whether JSON is a report of vulkan.gpuinfo.org, as its site and the Hardware Capability Viewer export it. */
export function isGpuinfo(json: unknown): json is JsonObject {
  return isObject(json) && (hasMemory(json.memory) || "extended" in json) && propertiesOf(json) !== undefined;
}

/** A card from a report of vulkan.gpuinfo.org, of today's layout or of one before 2019. Error: card-invalid. */
export function cardFromGpuinfo(json: JsonObject, source: string): Card {
  const old = isObject(json.VkPhysicalDeviceProperties);
  const extended = isObject(json.extended) ? json.extended : {};
  const cores = ["core14", "core13", "core12", "core11"].map((name) => json[name]).filter(isObject);
  const extensions = list(json.ArrayOfVkExtensionProperties ?? json.extensions);
  const properties = propertiesOf(json);
  return cardFromStructures(
    {
      properties,
      propertiesPath: old ? "VkPhysicalDeviceProperties" : "properties",
      memory: old ? json.VkPhysicalDeviceMemoryProperties : json.memory,
      memoryPath: old ? "VkPhysicalDeviceMemoryProperties" : "memory",
      chained: merged([
        ...cores.map((core) => core.properties),
        named(extended.deviceproperties2, "value"),
        isObject(properties) ? properties.subgroupProperties : null,
      ]),
      features: merged([
        old ? json.VkPhysicalDeviceFeatures : json.features,
        ...cores.map((core) => core.features),
        named(extended.devicefeatures2, "supported"),
      ]),
      extensions: extensions
        .map((extension) => extension.extensionName)
        .filter((name) => typeof name === "string"),
    },
    source,
  );
}

function propertiesOf(json: JsonObject): unknown {
  return json.VkPhysicalDeviceProperties ?? json.properties;
}

function hasMemory(memory: unknown): boolean {
  return isObject(memory) && "memoryHeaps" in memory;
}

function list(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** [{ "name": "maxBufferSize", "value": "5" }] as { maxBufferSize: "5" }. */
function named(value: unknown, key: string): JsonObject {
  return Object.fromEntries(list(value).map((entry) => [String(entry.name), entry[key]]));
}
