import {
  type Allocator,
  type Block,
  flagNames,
  type Ledger,
  type MemoryBandwidth,
  type MemoryPlan,
  MemoryRefusedError,
  memoryFlags,
  type Place,
  planOf,
  rowsKey,
  takeSnapshot,
} from "../../memory/index.js";
import type { Tensor } from "../../ops/tensor.js";
import type { MemoryManifest, MemoryUse, Storage } from "../backend.js";
import type { Device } from "./device.js";
import { type BytePart, partsFrom } from "./parts.js";
import {
  type CutLimits,
  piecesOf,
  placeStaging,
  placeStorage,
  type StoragePlacement,
  scratchKey,
} from "./pieces.js";
import type { Range } from "./plan.js";
import { Promotions } from "./promotions.js";
import { Staging } from "./staging.js";
import type { BufferMemory, VulkanMemory } from "./vulkan-memory.js";

/** What a storage depends on: a device, its memory, and the allocator. */
export interface StorageContext {
  readonly device: Device;
  readonly memory: VulkanMemory;
  readonly allocator: Allocator<BufferMemory>;
  readonly ledger: Ledger;
  readonly limits: CutLimits;
  /** Undefined: nothing was measured. */
  bandwidth(): MemoryBandwidth | undefined;
  /** Measures what bandwidth() answers. */
  measureBandwidth(): Promise<void>;
}

/** All tensors of a manifest in device memory. Those that every token reads are placed first and so get the fastest memory. */
export class VulkanStorage implements Storage {
  readonly #on: StorageContext;
  readonly #parts: ReadonlyMap<string, readonly BytePart[]>;
  readonly #promotions: Promotions;
  #placed: StoragePlacement<BufferMemory>;
  #staging: Staging | null = null;
  #plan: MemoryPlan;

  /** Takes all the memory that it will ever need. Errors: memory-refused, device-lost. */
  constructor(manifest: MemoryManifest, context: StorageContext) {
    const { memory, allocator, limits } = context;
    this.#on = context;
    this.#promotions = new Promotions(allocator);
    const snapshot = takeSnapshot(memory);
    const hostSees = (type: number) => this.#hostSees(type);
    this.#placed = placeStorage(allocator, piecesOf(manifest, limits), hostSees);
    this.#parts = partsOf(manifest, this.#placed.placement.blocks);
    this.#plan = this.#planOn(snapshot);
    try {
      this.#openStaging();
    } catch (error) {
      this.#freeMemory();
      throw error;
    }
  }

  parts(tensor: Tensor): readonly BytePart[] {
    return this.#parts.get(tensor.name) ?? partsFrom(tensor, [0]);
  }

  range(tensor: Tensor, part: number): Range<bigint> {
    const found = this.parts(tensor)[part];
    if (!found) throw new Error(`${tensor.name} has no part ${part}`);
    const { memory, offsetBytes, sizeBytes } = this.#place(rowsKey(tensor.name, found.firstRow));
    return { buffer: memory.buffer, offsetBytes, sizeBytes };
  }

  scratchRange(offsetBytes: number, sizeBytes: number): Range<bigint> {
    const arena = this.#place(scratchKey);
    if (offsetBytes + sizeBytes > arena.sizeBytes)
      throw new Error("scratch arena too small for this program");
    return { buffer: arena.memory.buffer, offsetBytes: arena.offsetBytes + offsetBytes, sizeBytes };
  }

  async write(tensor: Tensor, offsetBytes: number, data: Uint8Array): Promise<void> {
    for (const { place, at, start, end } of this.#pieces(tensor, offsetBytes, data.byteLength)) {
      const bytes = data.subarray(start, end);
      if (this.#hostSees(place.memory.type)) place.memory.write(at, bytes);
      else await this.#throughStaging().write(place.memory.buffer, at, bytes);
    }
  }

  async read(tensor: Tensor, offsetBytes: number, into: Uint8Array): Promise<void> {
    for (const { place, at, start, end } of this.#pieces(tensor, offsetBytes, into.byteLength)) {
      const bytes = into.subarray(start, end);
      if (this.#hostSees(place.memory.type)) place.memory.read(at, bytes);
      else await this.#throughStaging().read(place.memory.buffer, at, bytes);
    }
  }

  plan(): MemoryPlan {
    return this.#plan;
  }

  async measureBandwidth(): Promise<void> {
    if (this.#plan.verdict !== "spill") return;
    await this.#on.measureBandwidth();
    this.#plan = this.#planOn(this.#snapshot());
  }

  async promote(onCopied: () => void = () => {}): Promise<boolean> {
    const { placement } = this.#placed;
    if (!this.#promotions.due(placement)) return false;
    const moved = this.#findStaging()
      ? await this.#promotions.run(placement, this.#throughStaging(), onCopied)
      : this.#promotions.inVain();
    this.#plan = this.#planOn(this.#snapshot()); // a failed try is in the record too
    return moved;
  }

  /** Whether there is a staging buffer: a storage that never needed one has none. */
  #findStaging(): boolean {
    try {
      this.#openStaging(this.#placed.staging ?? placeStaging(this.#on.allocator, Number.POSITIVE_INFINITY));
      return true;
    } catch (error) {
      if (error instanceof MemoryRefusedError) return false; // everything stays where it is
      throw error;
    }
  }

  memory(): readonly MemoryUse[] {
    const uses = new Map<string, MemoryUse>();
    for (const { memory, label } of [
      ...this.#placed.placement.blocks,
      ...(this.#placed.staging?.blocks ?? []),
    ]) {
      const { flags, heap } = this.#on.memory.types[memory.type]!;
      const where = `${flagNames(flags)}, heap ${heap}`;
      const known = uses.get(`${label} ${where}`)?.sizeBytes ?? 0;
      uses.set(`${label} ${where}`, { what: label, where, sizeBytes: known + memory.sizeBytes });
    }
    return [...uses.values()];
  }

  async dispose(): Promise<void> {
    await this.#staging?.destroy();
    this.#freeMemory();
  }

  #openStaging(placement = this.#placed.staging): void {
    if (this.#staging || !placement) return;
    this.#placed = { ...this.#placed, staging: placement };
    this.#staging = new Staging(this.#on.device, placement.blocks[0]!.memory);
  }

  /** The device as it would be without this storage, at this moment. */
  #snapshot() {
    const snapshot = takeSnapshot(this.#on.memory);
    const { placement, staging } = this.#placed;
    const taken = snapshot.heaps.map(() => 0);
    for (const { memory, step } of [...placement.blocks, ...(staging?.blocks ?? [])])
      taken[step.heap]! += memory.sizeBytes;
    const budgets = snapshot.budgets?.map(({ budgetBytes, usageBytes }, heap) => ({
      budgetBytes,
      usageBytes: Math.max(0, usageBytes - taken[heap]!),
    }));
    return { ...snapshot, budgets: budgets ?? null };
  }

  #planOn(snapshot: ReturnType<typeof takeSnapshot>): MemoryPlan {
    const { placement, staging } = this.#placed;
    const bandwidth = this.#on.bandwidth();
    const priced = bandwidth ? { ...snapshot, bandwidth } : snapshot;
    const { ledger, allocator } = this.#on;
    return planOf(priced, staging ? [placement, staging] : [placement], ledger, allocator.rules);
  }

  #freeMemory(): void {
    this.#placed.staging?.free();
    this.#placed.placement.free();
  }

  /** The parts of a tensor that a range of its bytes falls into; start and end count within that range. */
  *#pieces(tensor: Tensor, offsetBytes: number, length: number) {
    for (const part of this.parts(tensor)) {
      const first = Math.max(offsetBytes, part.firstByte);
      const last = Math.min(offsetBytes + length, part.firstByte + part.sizeBytes);
      if (first >= last) continue;
      const place = this.#place(rowsKey(tensor.name, part.firstRow));
      const at = place.offsetBytes + first - part.firstByte;
      yield { place, at, start: first - offsetBytes, end: last - offsetBytes };
    }
  }

  #place(key: string): Place<BufferMemory> {
    const place = this.#placed.placement.places.get(key);
    if (!place) throw new Error(`${key.replace("\0", "")} is not in the manifest this storage was made for`);
    return place;
  }

  #hostSees(type: number): boolean {
    return (this.#on.memory.types[type]!.flags & memoryFlags.hostVisible) !== 0;
  }

  #throughStaging(): Staging {
    if (!this.#staging) throw new Error("memory that the host cannot access was placed without staging");
    return this.#staging;
  }
}

/** The parts of each tensor that was cut, or could have been. */
function partsOf(
  manifest: MemoryManifest,
  blocks: readonly Block<BufferMemory>[],
): Map<string, readonly BytePart[]> {
  const firstRows = new Map<string, number[]>();
  for (const { rows } of blocks.flatMap(({ pieces }) => pieces))
    if (rows) firstRows.set(rows.of, [...(firstRows.get(rows.of) ?? []), rows.first]);
  return new Map(
    manifest.entries.flatMap(({ tensor }) => {
      const rows = firstRows.get(tensor.name);
      return rows ? [[tensor.name, partsFrom(tensor, rows)] as const] : [];
    }),
  );
}
