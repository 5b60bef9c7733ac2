import type { Card, CardHeap, CardLimits } from "./card.js";
import { guaranteedLimits, isAlignment, ramOf, wholeLimits } from "./card-defaults.js";
import { checkMemory } from "./check-memory.js";
import { Fields, type FieldsOf } from "./fields.js";

const deviceTypes = ["discrete", "integrated", "virtual", "cpu", "other"] as const;
const cardFields = [
  "name",
  "device",
  "heaps",
  "types",
  "limits",
  "features",
  "extensions",
  "ramBytes",
  "assumed",
];
const heapFields = ["sizeBytes", "deviceLocal", "budgetBytes", "usageBytes", "largestFreeBytes"];
const sizeLimits = ["maxMemoryAllocationSize", "maxBufferSize", "maxStorageBufferRange"] as const;
const countLimits = [
  "maxMemoryAllocationCount",
  "minStorageBufferOffsetAlignment",
  "nonCoherentAtomSize",
  "maxComputeSharedMemorySize",
  "maxComputeWorkGroupInvocations",
  "subgroupSize",
] as const;

/**
 * A card of our own format, checked field by field. Odd values that real drivers report stay (heaps of 0 bytes,
 * budgets above the heap, vendor's flags); limits of 0 become what Vulkan guarantees. source: where the JSON is from,
 * for messages; of: what it is a part of. Error: card-invalid, or that of `of`.
 */
export function readCard(json: unknown, source: string, of?: FieldsOf): Card {
  const fields = new Fields(source, of);
  const card = fields.objectOf(json, "", cardFields);
  const name = fields.text(card.name, "name");
  if (name.trim() === "") fields.invalid("name must not be empty");
  const heaps = readHeaps(fields, card.heaps);
  const types = readTypes(fields, card.types);
  checkMemory(fields, heaps, types, { heaps: "heaps", types: "types", heap: ".heap" });
  const { limits, assumed } = wholeLimits(readLimits(fields, card.limits ?? {}));
  if (card.ramBytes === undefined) assumed.push("ramBytes");
  return {
    name,
    device: readDevice(fields, card.device),
    heaps,
    types,
    limits,
    features: card.features == null ? null : fields.names(card.features, "features"),
    extensions: card.extensions == null ? null : fields.names(card.extensions, "extensions"),
    ramBytes: card.ramBytes === undefined ? ramOf(heaps) : fields.bytes(card.ramBytes, "ramBytes"),
    assumed: [...new Set([...fields.names(card.assumed ?? [], "assumed"), ...assumed])],
  };
}

function readDevice(fields: Fields, json: unknown): Card["device"] {
  const device = fields.objectOf(json, "device", ["name", "type", "vendorId", "driver", "apiVersion"]);
  const version = fields
    .list(device.apiVersion, "device.apiVersion")
    .map((part, i) => fields.count(part, `device.apiVersion[${i}]`));
  if (version.length !== 2) fields.invalid("device.apiVersion must be [major, minor], such as [1, 3]");
  return {
    name: fields.text(device.name, "device.name"),
    type: fields.oneOf(device.type, "device.type", deviceTypes),
    vendorId: fields.count(device.vendorId, "device.vendorId"),
    driver: fields.text(device.driver, "device.driver"),
    apiVersion: [version[0]!, version[1]!],
  };
}

function readHeaps(fields: Fields, json: unknown): CardHeap[] {
  const heaps = fields.list(json, "heaps");
  return heaps.map((value, i) => {
    const path = `heaps[${i}]`;
    const heap = fields.objectOf(value, path, heapFields);
    const optional = (name: "budgetBytes" | "usageBytes" | "largestFreeBytes") =>
      heap[name] === undefined ? {} : { [name]: fields.bytes(heap[name], `${path}.${name}`) };
    return {
      sizeBytes: fields.bytes(heap.sizeBytes, `${path}.sizeBytes`),
      deviceLocal: fields.flag(heap.deviceLocal, `${path}.deviceLocal`),
      ...optional("budgetBytes"),
      ...optional("usageBytes"),
      ...optional("largestFreeBytes"),
    };
  });
}

function readTypes(fields: Fields, json: unknown): Card["types"] {
  const types = fields.list(json, "types");
  return types.map((value, i) => {
    const path = `types[${i}]`;
    const type = fields.objectOf(value, path, ["flags", "heap"]);
    const flags = fields.flags(type.flags, `${path}.flags`);
    return { flags, heap: fields.count(type.heap, `${path}.heap`) };
  });
}

function readLimits(fields: Fields, json: unknown): Partial<CardLimits> {
  const known = [...sizeLimits, ...countLimits];
  const given = fields.objectOf(json, "limits", known);
  const limits: Record<string, number> = {};
  for (const name of known) {
    if (given[name] === undefined) continue;
    const isSize = (sizeLimits as readonly string[]).includes(name);
    limits[name] = isSize
      ? fields.bytes(given[name], `limits.${name}`)
      : fields.count(given[name], `limits.${name}`);
  }
  for (const name of ["minStorageBufferOffsetAlignment", "nonCoherentAtomSize"] as const) {
    const value = limits[name] ?? 0;
    const most = guaranteedLimits[name];
    // 0 is replaced later; real drivers report it
    if (value !== 0 && !isAlignment(value, most))
      fields.invalid(`limits.${name} must be a power of two and at most ${most}, not ${value}`);
  }
  return limits;
}
