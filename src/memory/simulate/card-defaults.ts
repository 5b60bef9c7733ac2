import type { Card, CardHeap, CardLimits } from "./card.js";
import { largestSize } from "./fields.js";

/** What Vulkan guarantees: used where a card gives no limit, or 0, as some drivers do. */
export const guaranteedLimits = {
  maxMemoryAllocationSize: 2 ** 30,
  maxMemoryAllocationCount: 4096,
  maxBufferSize: 2 ** 30,
  maxStorageBufferRange: 2 ** 27,
  minStorageBufferOffsetAlignment: 256,
  nonCoherentAtomSize: 256,
} as const satisfies CardLimits;

/** The given limits with unknown and impossible ones replaced; assumed: the paths of the replaced ones. */
export function wholeLimits(given: Partial<CardLimits>): { limits: CardLimits; assumed: string[] } {
  const assumed: string[] = [];
  const whole = (name: keyof typeof guaranteedLimits): number => {
    const value = given[name];
    if (value && (!alignments.includes(name) || isAlignment(value, guaranteedLimits[name]))) return value;
    assumed.push(`limits.${name}`);
    // before VK_KHR_maintenance4, buffers have no limit
    return name === "maxBufferSize" && value === undefined ? largestSize : guaranteedLimits[name];
  };
  const known = (name: "maxComputeSharedMemorySize" | "maxComputeWorkGroupInvocations" | "subgroupSize") =>
    given[name] ? { [name]: given[name] } : {};
  const limits = {
    maxMemoryAllocationSize: whole("maxMemoryAllocationSize"),
    maxMemoryAllocationCount: whole("maxMemoryAllocationCount"),
    maxBufferSize: whole("maxBufferSize"),
    maxStorageBufferRange: whole("maxStorageBufferRange"),
    minStorageBufferOffsetAlignment: whole("minStorageBufferOffsetAlignment"),
    nonCoherentAtomSize: whole("nonCoherentAtomSize"),
    ...known("maxComputeSharedMemorySize"),
    ...known("maxComputeWorkGroupInvocations"),
    ...known("subgroupSize"),
  };
  return { limits, assumed };
}

/** Limits that sizes and offsets are rounded with: powers of two, and at most what Vulkan guarantees. */
export const alignments: readonly string[] = ["minStorageBufferOffsetAlignment", "nonCoherentAtomSize"];

/** Whether sizes and offsets can be rounded with it. */
export function isAlignment(value: number, most: number): boolean {
  return value <= most && Number.isInteger(Math.log2(value));
}

/** RAM where a report does not state it: the heaps that are not device-local; where memory is unified, the largest heap. */
export function ramOf(heaps: readonly CardHeap[]): number {
  const host = heaps.filter(({ deviceLocal }) => !deviceLocal);
  const bytes =
    host.length > 0
      ? host.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      : heaps.reduce((largest, { sizeBytes }) => Math.max(largest, sizeBytes), 0);
  return Math.min(bytes, largestSize);
}

/**
 * A card from a driver or a report. Limits that are missing are assumed and marked as such, and so is RAM
 * where it is missing.
 */
export function cardFrom(
  report: Omit<Card, "limits" | "ramBytes" | "assumed"> & { readonly limits: Partial<CardLimits> },
  ramBytes?: number,
): Card {
  const { limits, assumed } = wholeLimits(report.limits);
  if (ramBytes === undefined) assumed.push("ramBytes");
  const heaps = report.heaps.map(({ deviceLocal, ...sizes }) => ({ ...withinSizes(sizes), deviceLocal }));
  return { ...report, heaps, limits, ramBytes: ramBytes ?? ramOf(heaps), assumed };
}

/** Budgets of 2^64 - 1 are read as 2^64, which does not fit a driver's field. */
function withinSizes<T extends Readonly<Record<string, number>>>(sizes: T): T {
  const within = Object.entries(sizes).map(([name, bytes]) => [name, Math.min(bytes, largestSize)]);
  return Object.fromEntries(within) as T;
}
