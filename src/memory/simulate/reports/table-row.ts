import type { Card, CardLimits } from "../card.js";
import { cardFrom } from "../card-defaults.js";
import { checkMemory } from "../check-memory.js";
import { Fields } from "../fields.js";
import { cardName } from "./vulkan-structures.js";

const deviceTypes = ["other", "integrated", "discrete", "virtual", "cpu"] as const;
const limitNames = [
  "maxMemoryAllocationSize",
  "maxMemoryAllocationCount",
  "maxBufferSize",
  "maxStorageBufferRange",
  "minStorageBufferOffsetAlignment",
  "nonCoherentAtomSize",
  "maxComputeSharedMemorySize",
  "maxComputeWorkGroupInvocations",
  "subgroupSize",
] as const satisfies readonly (keyof CardLimits)[];

/**
 * A card from a row of the table of the world's devices (devices.jsonl.gz, out of reports to vulkan.gpuinfo.org).
 * Error: card-invalid, for the few devices without memory among others.
 */
export function cardFromRow(json: unknown): Card {
  const row = new Fields("row").object(json, "row");
  const fields = new Fields(`row ${row.id}`);
  const heaps = fields.list(row.heaps, "heaps").map((value, i) => {
    const [sizeBytes, flags] = fields.list(value, `heaps[${i}]`);
    return {
      sizeBytes: fields.bytes(sizeBytes, `heaps[${i}][0]`),
      deviceLocal: (fields.flags(flags, `heaps[${i}][1]`) & 1) !== 0,
    };
  });
  const types = fields.list(row.types, "types").map((value, i) => {
    const [flags, heap] = fields.list(value, `types[${i}]`);
    return { flags: fields.flags(flags, `types[${i}][0]`), heap: fields.count(heap, `types[${i}][1]`) };
  });
  checkMemory(fields, heaps, types, { heaps: "heaps", types: "types", heap: "[1]" });
  const limits = fields.object(row.limits, "limits");
  const name = fields.text(row.name, "name");
  const version = fields.text(row.api, "api").split(".").map(Number);
  return cardFrom({
    name: `${cardName(name)}-${row.id}`,
    device: {
      name,
      type: deviceTypes[fields.count(row.type, "type")] ?? "other",
      vendorId: fields.count(row.vendor, "vendor"),
      driver: [row.driver, row.driverInfo ?? row.driverVersion].filter((part) => part != null).join(" "),
      apiVersion: [version[0] || 1, version[1] || 0],
    },
    heaps,
    types,
    limits: Object.fromEntries(
      limitNames
        .filter((limit) => limits[limit] !== undefined)
        .map((limit) => [limit, fields.bytes(limits[limit], `limits.${limit}`)]),
    ),
    features: fields.names(row.features, "features"),
    extensions: fields.names(row.extensions, "extensions"),
  });
}
