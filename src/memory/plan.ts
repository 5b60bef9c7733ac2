import type { Placement } from "./allocator.js";
import { estimatedBandwidth, extraSeconds, type MemoryBandwidth, readSeconds } from "./bandwidth.js";
import { HeapAccounts } from "./heap-accounts.js";
import { type Rules, roomBytes } from "./ladder.js";
import type { Ledger, LedgerRecord } from "./ledger.js";
import type { DeviceMemory } from "./memory-device.js";
import { type MemorySnapshot, SnapshotDevice } from "./snapshot.js";
import { type Use, wantsDeviceMemory } from "./uses.js";

/** One allocation of the driver's, and what is in it. */
export interface PlannedBlock {
  readonly type: number;
  readonly flags: number;
  readonly heap: number;
  readonly use: Use;
  readonly label: string;
  readonly sizeBytes: number;
  readonly pieces: readonly {
    readonly key: string;
    readonly offsetBytes: number;
    readonly sizeBytes: number;
  }[];
}

/** A heap of the plan: its size, and what is taken of it. */
export interface PlannedHeap {
  readonly sizeBytes: number;
  readonly deviceLocal: boolean;
  /** By the driver's budget, before anything is taken. */
  readonly freeBytes: number;
  /** How much of that is never taken. */
  readonly headroomBytes: number;
  readonly takenBytes: number;
}

/** Where everything would be, or is: plain data. */
export interface MemoryPlan {
  /** device: all in the device's own memory; spill: some beyond it; refused: not on this device at all. */
  readonly verdict: "device" | "spill" | "refused";
  readonly heaps: readonly PlannedHeap[];
  readonly blocks: readonly PlannedBlock[];
  /** Bytes requested, and bytes held for them. */
  readonly neededBytes: number;
  readonly takenBytes: number;
  /** Bytes available in total: free in the usable heaps, less what is kept free, within the limits. */
  readonly availableBytes: number;
  /** The user's limit on the device's memory; null: no limit. */
  readonly vramLimitBytes: number | null;
  /** Why it was refused, in words; null where it wasn't. */
  readonly refusal: string | null;
  /** Held outside of the device's memory although it would be faster in it. */
  readonly spilledBytes: number;
  /** How long reading everything from the device's own memory takes per unit of work, in seconds, and how much the spill adds. */
  readonly readSeconds: number;
  readonly extraSeconds: number;
  readonly bandwidth: MemoryBandwidth;
  readonly record: readonly LedgerRecord[];
}

/** A request that failed: a MemoryRefusedError, or its equivalent. */
export interface Refused {
  readonly message: string;
  readonly neededBytes: number;
}

/** The result of placing on a snapshot: the placement, or the refusal. rules: those of the allocator. */
export function planOf(
  snapshot: MemorySnapshot,
  outcome: readonly Placement<DeviceMemory>[] | Refused,
  ledger: Ledger,
  rules: Rules,
): MemoryPlan {
  const { bandwidth = estimatedBandwidth } = snapshot;
  const refused = "message" in outcome ? outcome : null;
  const placements = "message" in outcome ? [] : outcome;
  const device = new SnapshotDevice(snapshot);
  const accounts = new HeapAccounts(device);
  const made = placements.flatMap((placement) =>
    placement.blocks.map((block) => ({ block, places: placement.places })),
  );
  const blocks = made.map(({ block: { memory, use, label, step, pieces }, places }): PlannedBlock => {
    const { type, heap } = step;
    const lying = pieces.map(({ key }) => {
      const { offsetBytes, sizeBytes } = places.get(key)!;
      return { key, offsetBytes, sizeBytes };
    });
    const where = { type, flags: snapshot.types[type]!.flags, heap };
    return { ...where, use, label, sizeBytes: memory.sizeBytes, pieces: lying };
  });
  const sum = (some: readonly { readonly sizeBytes: number }[]) =>
    some.reduce((total, b) => total + b.sizeBytes, 0);
  const spilled = made.filter(
    ({ block }) => wantsDeviceMemory.has(block.use) && !snapshot.heaps[block.step.heap]!.deviceLocal,
  );
  return {
    verdict: refused ? "refused" : spilled.length > 0 ? "spill" : "device",
    heaps: snapshot.heaps.map(({ sizeBytes, deviceLocal }, heap) => ({
      ...{ sizeBytes, deviceLocal },
      ...{ freeBytes: accounts.freeBytes(heap), headroomBytes: accounts.headroomBytes(heap) },
      takenBytes: sum(blocks.filter((block) => block.heap === heap)),
    })),
    blocks,
    neededBytes: refused?.neededBytes ?? sum(blocks.flatMap(({ pieces }) => pieces)),
    takenBytes: sum(blocks),
    availableBytes: roomBytes(device, accounts, rules),
    vramLimitBytes: Number.isFinite(rules.vramLimitBytes) ? rules.vramLimitBytes : null,
    refusal: refused?.message ?? null,
    spilledBytes: sum(spilled.map(({ block }) => block.memory)),
    readSeconds: made.reduce((total, { block }) => total + readSeconds(block.pieces, bandwidth), 0),
    extraSeconds: spilled.reduce((total, { block }) => total + extraSeconds(block.pieces, bandwidth), 0),
    bandwidth,
    record: ledger.entries,
  };
}
