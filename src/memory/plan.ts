import type { Placement } from "./allocator.js";
import { estimatedBandwidth, extraSeconds, type MemoryBandwidth } from "./bandwidth.js";
import type { Ledger, LedgerRecord } from "./ledger.js";
import { type DeviceMemory, leftBytes } from "./memory-device.js";
import type { MemorySnapshot } from "./snapshot.js";
import { type Use, wantsDeviceMemory } from "./uses.js";

/** One allocation of the driver's, and what lies in it. */
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

export interface PlannedHeap {
  readonly sizeBytes: number;
  readonly deviceLocal: boolean;
  /** By the driver's budget, before anything is taken. */
  readonly freeBytes: number;
  readonly takenBytes: number;
}

/** Where everything would lie, or lies: plain data. */
export interface MemoryPlan {
  /** device: all in the device's own memory; spill: some beyond it; refused: not on this device at all. */
  readonly verdict: "device" | "spill" | "refused";
  readonly heaps: readonly PlannedHeap[];
  readonly blocks: readonly PlannedBlock[];
  /** What was asked for, and what is held for it. */
  readonly neededBytes: number;
  readonly takenBytes: number;
  /** Held outside of the device's memory although it would be faster in it. */
  readonly spilledBytes: number;
  /** What the spill costs a unit of work, in seconds. */
  readonly extraSeconds: number;
  readonly bandwidth: MemoryBandwidth;
  readonly record: readonly LedgerRecord[];
}

/** What a placement comes to on the snapshot that it was made from; null: all was refused. */
export function planOf(
  snapshot: MemorySnapshot,
  placements: readonly Placement<DeviceMemory>[] | null,
  ledger: Ledger,
): MemoryPlan {
  const { bandwidth = estimatedBandwidth } = snapshot;
  const made = (placements ?? []).flatMap((placement) =>
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
    verdict: placements === null ? "refused" : spilled.length > 0 ? "spill" : "device",
    heaps: snapshot.heaps.map(({ sizeBytes, deviceLocal }, heap) => ({
      ...{ sizeBytes, deviceLocal, freeBytes: leftBytes(sizeBytes, snapshot.budgets?.[heap]) },
      takenBytes: sum(blocks.filter((block) => block.heap === heap)),
    })),
    blocks,
    neededBytes: sum(blocks.flatMap(({ pieces }) => pieces)),
    takenBytes: sum(blocks),
    spilledBytes: sum(spilled.map(({ block }) => block.memory)),
    extraSeconds: spilled.reduce((total, { block }) => total + extraSeconds(block.pieces, bandwidth), 0),
    bandwidth,
    record: ledger.entries,
  };
}
