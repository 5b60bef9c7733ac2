import type { HeapAccounts } from "./heap-accounts.js";
import type { Ledger, LedgerEntry } from "./ledger.js";
import { type DeviceMemory, type MemoryDevice, type MemoryType, memoryFlags } from "./memory-device.js";
import { ladders, neverPicked, type Rung, type Use, wantsDeviceMemory } from "./uses.js";

/** One memory type on one rung. */
export interface Step {
  readonly rung: Rung;
  /** Index of the memory type. */
  readonly type: number;
  readonly heap: number;
}

/** The memory types of a use, in the order in which they are tried. */
export function stepsOf(device: MemoryDevice, use: Use): Step[] {
  const rungs: readonly Rung[] = ladders[use];
  return rungs.flatMap((rung) =>
    device.types
      .map((type, index) => ({ ...type, index }))
      .filter(
        ({ index, heap }) => Math.floor(device.usableTypes / 2 ** index) % 2 === 1 && heap in device.heaps,
      )
      .filter(
        ({ flags }) =>
          (flags & rung.required) === rung.required && (flags & (rung.forbidden | neverPicked)) === 0,
      )
      // coherent ones first, larger heaps first, else in the driver's order, which is by speed
      .sort(
        (a, b) =>
          incoherence(a) - incoherence(b) ||
          device.heaps[b.heap]!.sizeBytes - device.heaps[a.heap]!.sizeBytes ||
          a.index - b.index,
      )
      .map(({ index, heap }) => ({ rung, type: index, heap })),
  );
}

function incoherence({ flags }: MemoryType): number {
  return flags & memoryFlags.hostVisible && !(flags & memoryFlags.hostCoherent) ? 1 : 0;
}

/** The user's settings. */
export interface Rules {
  /** What this process may hold in the device's heaps; Infinity without a limit of the user's. */
  readonly vramLimitBytes: number;
}

/** The largest size of one allocation on a step, whatever the budgets say, and the reason given when it is exceeded. */
export function boundsOf(
  device: MemoryDevice,
  accounts: HeapAccounts,
  { vramLimitBytes }: Rules,
  { rung, heap }: Step,
): readonly (readonly [mostBytes: number, reason: string])[] {
  const { sizeBytes: heapSizeBytes, deviceLocal } = device.heaps[heap]!;
  const { maxAllocationSizeBytes, maxHostBytes } = device.limits;
  const largest = Math.max(...device.heaps.map((h) => (h.deviceLocal ? h.sizeBytes : 0)));
  const spared = rung.spareSmallHeap && heapSizeBytes < largest / 2;
  return [
    [maxAllocationSizeBytes, "more than maxMemoryAllocationSize"],
    [heapSizeBytes, "more than the whole heap"],
    [
      spared ? 0 : Number.POSITIVE_INFINITY,
      "the visible part of VRAM is small: kept for staging and small buffers",
    ],
    deviceLocal
      ? [vramLimitBytes - accounts.heldBytes(true), "more than the limit set for VRAM"]
      : [maxHostBytes - accounts.heldBytes(false), "more than half of the host's memory"],
  ];
}

/**
 * Bytes available in total for what the device reads all the time: what the heaps report as free, less their
 * headrooms, within the limits.
 */
export function roomBytes(device: MemoryDevice, accounts: HeapAccounts, rules: Rules): number {
  const steps = [...wantsDeviceMemory].flatMap((use) => stepsOf(device, use));
  const usable = steps.filter((step) =>
    boundsOf(device, accounts, rules, step).every(([mostBytes]) => mostBytes > 0),
  );
  const heaps = [...new Set(usable.map(({ heap }) => heap))];
  const within = (deviceLocal: boolean, mostBytes: number) => {
    const free = heaps
      .filter((heap) => device.heaps[heap]!.deviceLocal === deviceLocal)
      .reduce((sum, heap) => sum + accounts.availableBytes(heap), 0);
    return Math.max(0, Math.min(free, mostBytes - accounts.heldBytes(deviceLocal)));
  };
  return within(true, rules.vramLimitBytes) + within(false, device.limits.maxHostBytes);
}

/** Tries one size on one step and records the result in the ledger. Throws only when the device is lost. */
export function attempt<M extends DeviceMemory>(
  device: MemoryDevice<M>,
  accounts: HeapAccounts,
  step: Step,
  sizeBytes: number,
  purpose: string,
  priority: number,
  ledger: Ledger,
): M | null {
  const entry = entryFor(device, accounts, step, sizeBytes, purpose);
  const memory = device.allocate(step.type, sizeBytes, priority);
  if ("refused" in memory) {
    ledger.add({ ...entry, outcome: "refused", reason: memory.refused });
    return null;
  }
  accounts.take(step.heap, sizeBytes);
  ledger.add({ ...entry, outcome: "allocated" });
  return memory;
}

/** An entry of outcome "skipped", to be completed. */
export function entryFor(
  device: MemoryDevice,
  accounts: HeapAccounts,
  { rung, type, heap }: Step,
  sizeBytes: number,
  purpose: string,
): LedgerEntry {
  return {
    ...{ purpose, rung: rung.name, sizeBytes, type, flags: device.types[type]!.flags },
    ...{ heap, heapSizeBytes: device.heaps[heap]!.sizeBytes, leftBytes: accounts.freeBytes(heap) },
    headroomBytes: accounts.headroomBytes(heap),
    ...{ outcome: "skipped", reason: "" },
  };
}
