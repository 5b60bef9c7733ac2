import { shown } from "../../../shown.js";
import type { Card, CardHeap, CardLimits } from "../card.js";
import { cardFrom } from "../card-defaults.js";
import { checkMemory } from "../check-memory.js";
import { Fields, isObject, type JsonObject } from "../fields.js";

/** What reports of other programs have in common: Vulkan's structures, their fields under Vulkan's own names. */
export interface VulkanStructures {
  /** VkPhysicalDeviceProperties. */
  readonly properties: unknown;
  readonly propertiesPath: string;
  /** VkPhysicalDeviceMemoryProperties. */
  readonly memory: unknown;
  readonly memoryPath: string;
  /** Fields of all structures that are chained to VkPhysicalDeviceProperties2 and VkPhysicalDeviceMemoryProperties2. */
  readonly chained: JsonObject;
  /** Fields of all structures of features; those that are there have a true value. */
  readonly features: JsonObject;
  readonly extensions: readonly string[];
}

const deviceTypes = ["other", "integrated", "discrete", "virtual", "cpu"] as const;

/** VkMemoryPropertyFlagBits and VkMemoryHeapFlagBits by name. */
const flagBits: Readonly<Record<string, number>> = {
  DEVICE_LOCAL: 0x1,
  HOST_VISIBLE: 0x2,
  HOST_COHERENT: 0x4,
  HOST_CACHED: 0x8,
  LAZILY_ALLOCATED: 0x10,
  PROTECTED: 0x20,
  DEVICE_COHERENT_AMD: 0x40,
  DEVICE_UNCACHED_AMD: 0x80,
  RDMA_CAPABLE_NV: 0x100,
  MULTI_INSTANCE: 0x2,
  TILE_MEMORY_QCOM: 0x8,
};

/** The card that a report describes; source: where it comes from, for messages. Error: card-invalid. */
export function cardFromStructures(structures: VulkanStructures, source: string): Card {
  const fields = new Fields(source);
  const { propertiesPath, chained } = structures;
  const properties = fields.object(structures.properties, propertiesPath);
  const { heaps, types } = memoryOf(fields, structures);
  const name = fields.text(properties.deviceName, `${propertiesPath}.deviceName`);
  return cardFrom({
    name: cardName(name),
    device: {
      name,
      type: deviceType(fields, properties.deviceType, `${propertiesPath}.deviceType`),
      vendorId: fields.count(properties.vendorID, `${propertiesPath}.vendorID`),
      driver: driverOf(properties, chained),
      apiVersion: versionOf(fields, properties.apiVersion, `${propertiesPath}.apiVersion`),
    },
    heaps,
    types,
    limits: limitsOf(fields, structures, properties),
    features: Object.keys(structures.features).filter((feature) => isTrue(structures.features[feature])),
    extensions: structures.extensions,
  });
}

/** "NVIDIA GeForce RTX 4070" -> "nvidia-geforce-rtx-4070". */
export function cardName(deviceName: string): string {
  const name = deviceName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return name || "card";
}

function memoryOf(
  fields: Fields,
  { memory, memoryPath, chained }: VulkanStructures,
): Pick<Card, "heaps" | "types"> {
  const { memoryHeaps, memoryTypes } = fields.object(memory, memoryPath);
  const heapsPath = `${memoryPath}.memoryHeaps`;
  const typesPath = `${memoryPath}.memoryTypes`;
  const budgets = Array.isArray(chained.heapBudget) ? chained.heapBudget : [];
  const usages = Array.isArray(chained.heapUsage) ? chained.heapUsage : [];
  const heaps = fields.list(memoryHeaps, heapsPath).map((json, i): CardHeap => {
    const heap = fields.object(json, `${heapsPath}[${i}]`);
    return {
      sizeBytes: fields.bytes(heap.size, `${heapsPath}[${i}].size`),
      deviceLocal: (flagsOf(fields, heap.flags, `${heapsPath}[${i}].flags`) & 1) !== 0,
      ...(budgets[i] === undefined ? {} : { budgetBytes: fields.bytes(budgets[i], `heapBudget[${i}]`) }),
      ...(usages[i] === undefined ? {} : { usageBytes: fields.bytes(usages[i], `heapUsage[${i}]`) }),
    };
  });
  const types = fields.list(memoryTypes, typesPath).map((json, i) => {
    const type = fields.object(json, `${typesPath}[${i}]`);
    return {
      flags: flagsOf(fields, type.propertyFlags, `${typesPath}[${i}].propertyFlags`),
      heap: fields.count(type.heapIndex, `${typesPath}[${i}].heapIndex`),
    };
  });
  checkMemory(fields, heaps, types, { heaps: heapsPath, types: typesPath, heap: ".heapIndex" });
  return { heaps, types };
}

function limitsOf(
  fields: Fields,
  { propertiesPath, chained }: VulkanStructures,
  properties: JsonObject,
): Partial<CardLimits> {
  const path = `${propertiesPath}.limits`;
  const limits = fields.object(properties.limits, path);
  const bytes = (from: JsonObject, name: string, at: string) =>
    from[name] === undefined ? {} : { [name]: fields.bytes(from[name], at) };
  const basic = [
    "maxMemoryAllocationCount",
    "maxStorageBufferRange",
    "minStorageBufferOffsetAlignment",
    "nonCoherentAtomSize",
    "maxComputeSharedMemorySize",
    "maxComputeWorkGroupInvocations",
  ];
  const more = ["maxMemoryAllocationSize", "maxBufferSize", "subgroupSize"];
  return Object.assign(
    {},
    ...basic.map((name) => bytes(limits, name, `${path}.${name}`)),
    ...more.map((name) => bytes(chained, name, name)),
  );
}

/** A number, a name, several names, or several names in one string. */
function flagsOf(fields: Fields, value: unknown, path: string): number {
  const isNames = typeof value === "string" && !/^\s*(0x)?\d/.test(value);
  const names = isNames ? value.split(/[|\s]+/).filter(Boolean) : value;
  if (!Array.isArray(names)) return fields.flags(value, path);
  return names.reduce((flags: number, name: unknown, i) => {
    const short = fields
      .text(name, `${path}[${i}]`)
      .replace(/^(VK_)?(MEMORY_(PROPERTY|HEAP)_)?/, "")
      .replace(/_BIT(?=_|$)/, "");
    return flags | (flagBits[short] ?? fields.invalid(`${path}: ${shown(name)} is not a memory flag`));
  }, 0);
}

/** VkPhysicalDeviceType, as a number or as "VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU" or the like. */
function deviceType(fields: Fields, value: unknown, path: string): Card["device"]["type"] {
  if (typeof value !== "string") return deviceTypes[fields.count(value, path)] ?? "other";
  return deviceTypes.find((type) => value.toLowerCase().includes(type)) ?? "other";
}

/** A packed version, or "1.3.279". */
function versionOf(fields: Fields, value: unknown, path: string): readonly [number, number] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(String(value)) ?? [];
  if (major !== undefined && minor !== undefined) return [Number(major), Number(minor)];
  const packed = fields.count(value, path);
  return [(packed >>> 22) & 0x7f, (packed >>> 12) & 0x3ff];
}

function driverOf(properties: JsonObject, { driverName, driverInfo }: JsonObject): string {
  const told = [driverName, driverInfo].filter((part) => typeof part === "string" && part !== "");
  if (told.length > 0) return told.join(" ");
  return `version ${properties.driverVersionText ?? properties.driverVersion ?? "unknown"}`;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === "true" || value === "1";
}

/** All fields of several structures as one object; what comes first wins. */
export function merged(structures: readonly unknown[]): JsonObject {
  return Object.assign({}, ...structures.filter(isObject).toReversed());
}
