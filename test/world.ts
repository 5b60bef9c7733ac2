import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { MemorySnapshot } from "../src/memory/index.js";
import type { Planned } from "./plan-card.js";

/** Reports of 18,708 devices from vulkan.gpuinfo.org (CC BY 4.0), where they are beside the checkout. */
const file = fileURLToPath(new URL("../../shared/reference/data/devices.jsonl.gz", import.meta.url));
export const worldIsHere = existsSync(file);

/** One device, as the table has it. */
export interface WorldDevice {
  readonly id: number;
  readonly name: string;
  readonly vendor: number;
  readonly type: number;
  readonly driver?: string;
  readonly api: string;
  readonly heaps: readonly (readonly [sizeBytes: number, flags: number])[];
  readonly types: readonly (readonly [flags: number, heap: number])[];
  readonly limits: Readonly<Record<string, number & readonly [number, number, number]>>;
  readonly features: readonly string[];
  readonly extensions: readonly string[];
  readonly queues: readonly number[];
}

export function worldDevices(): WorldDevice[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split("\n");
  return lines.map((line) => JSON.parse(line) as WorldDevice);
}

const MiB = 2 ** 20;
/** What others have of every device-local heap. */
export const worldVariations = ["all free", "95 % taken", "64 MiB free"] as const;
export type WorldVariation = (typeof worldVariations)[number];

/** A device of each shape of heaps and types. */
export function worldShapes(devices: readonly WorldDevice[]): WorldDevice[] {
  const shapes = new Map<string, WorldDevice>();
  for (const device of devices) {
    const shape = JSON.stringify([device.heaps.map(([, flags]) => flags), device.types]);
    if (!shapes.has(shape)) shapes.set(shape, device);
  }
  return [...shapes.values()];
}

/** A device as planning sees it. */
export function plannedDevice(device: WorldDevice, variation: WorldVariation): Planned {
  const { limits } = device;
  return {
    snapshot: snapshotOf(device, variation),
    maxStorageBufferRange: limits.maxStorageBufferRange || 2 ** 27,
    minStorageBufferOffsetAlignment: limits.minStorageBufferOffsetAlignment ?? 256,
    nonCoherentAtomSize: limits.nonCoherentAtomSize ?? 256,
  };
}

function snapshotOf({ heaps, types, limits }: WorldDevice, variation: WorldVariation): MemorySnapshot {
  const sizes = heaps
    .map(([sizeBytes, flags]) => ({ sizeBytes, deviceLocal: (flags & 1) !== 0 }))
    // some drivers leave a heap's flags unset; its types tell
    .map((heap, i) => ({
      ...heap,
      deviceLocal: heap.deviceLocal || types.some(([f, h]) => h === i && (f & 1) !== 0),
    }));
  const hostBytes = sizes.reduce((sum, heap) => sum + (heap.deviceLocal ? 0 : heap.sizeBytes), 0);
  const usageOf = ({ sizeBytes, deviceLocal }: (typeof sizes)[number]) => {
    if (!deviceLocal || variation === "all free") return 0;
    return variation === "95 % taken" ? Math.floor(0.95 * sizeBytes) : Math.max(0, sizeBytes - 64 * MiB);
  };
  return {
    heaps: sizes,
    types: types.map(([flags, heap]) => ({ flags, heap })),
    usableTypes: 2 ** types.length - 1,
    limits: {
      maxAllocationSizeBytes: Math.min(
        limits.maxMemoryAllocationSize || 2 ** 30,
        limits.maxBufferSize || Number.POSITIVE_INFINITY,
      ),
      maxAllocationCount: limits.maxMemoryAllocationCount ?? 4096,
      maxHostBytes: (hostBytes || Math.max(0, ...sizes.map(({ sizeBytes }) => sizeBytes))) / 2,
    },
    budgets: sizes.map((heap) => ({ budgetBytes: heap.sizeBytes, usageBytes: usageOf(heap) })),
  };
}
