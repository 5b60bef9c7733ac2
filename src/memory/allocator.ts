import { WhisperVulkanError } from "../errors.js";
import { HeapAccounts } from "./heap-accounts.js";
import { boundsOf, entryFor, type Rules, roomBytes, type Step, stepsOf } from "./ladder.js";
import { type Ledger, type LedgerEntry, lastTries } from "./ledger.js";
import type { DeviceMemory, MemoryDevice } from "./memory-device.js";
import type { Block, Piece, Place } from "./piece.js";
import { type AllocatorState, type Attempt, Placing, promotionHeadrooms } from "./placing.js";
import type { MemoryReport } from "./record/report.js";
import { neededAgainstAvailable, size } from "./size.js";
import { ladders, type Rung, wantsDeviceMemory } from "./uses.js";

/** Where every piece is, by key; parts of a piece that was cut stand under their own keys. Freed as a whole. */
export interface Placement<M extends DeviceMemory> {
  readonly places: ReadonlyMap<string, Place<M>>;
  readonly blocks: readonly Block<M>[];
  free(): void;
}

/** Something that is beyond the device's memory, and a place for it within. */
export interface Move<M extends DeviceMemory> {
  readonly key: string;
  readonly from: Place<M>;
  readonly to: Place<M>;
}

/** New places for spilled memory. The caller copies the contents, then calls either keep() or undo(). */
export interface Promotion<M extends DeviceMemory> {
  readonly moves: readonly Move<M>[];
  /** Switches to the new places and frees the old ones. */
  keep(): void;
  /** Leaves everything where it is. reason: why, for the record. */
  undo(reason: string): void;
}

/** How to place, and what to keep free. */
export interface AllocatorOptions extends Partial<Rules> {
  /** Offsets and sizes of pieces are multiples of it: a power of two. */
  readonly alignmentBytes: number;
  /** Largest block that is shared; larger pieces get one of their own. Default: 256 MiB. */
  readonly maxBlockBytes?: number | undefined;
}

/** How often all is placed again before it counts as refused. */
const mostAttempts = 4;

export const defaultBlockBytes = 256 << 20;

/** No memory was available; carries the record of what was tried. */
export class MemoryRefusedError extends WhisperVulkanError {
  readonly ledger: readonly LedgerEntry[];
  /** Bytes requested in total, and bytes available, as the heaps report. */
  readonly neededBytes: number;
  readonly availableBytes: number;
  /** The record of the requests that led to it, for a replay; null where nothing was recorded. */
  report: MemoryReport | null = null;

  constructor(piece: Piece, ledger: Ledger, neededBytes: number, availableBytes: number) {
    super(
      "memory-refused",
      `No memory for ${piece.label} (${piece.key}, ${size(piece.sizeBytes)}; ` +
        `${neededAgainstAvailable(neededBytes, availableBytes)}): ${lastTries(ledger)}`,
      {
        hint:
          "Close other programs that use the GPU, use a smaller model, or use --device cpu; " +
          "--memory-report FILE (in the library: the error's report) writes a file that shows every request and its answer",
      },
    );
    this.ledger = [...ledger.entries];
    this.neededBytes = neededBytes;
    this.availableBytes = availableBytes;
  }
}

/** A placement as its allocator sees it. */
interface Placed<M extends DeviceMemory> extends Placement<M> {
  readonly places: Map<string, Place<M>>;
  readonly blocks: Block<M>[];
}

/**
 * Takes memory from a device in blocks and places pieces in them. Every decision depends on what the device reports and
 * answers and on nothing else, so that the same allocator run on a snapshot of a device makes the plan.
 */
export class Allocator<M extends DeviceMemory> {
  readonly #shared: AllocatorState<M>;

  constructor(device: MemoryDevice<M>, ledger: Ledger, options: AllocatorOptions) {
    this.#shared = {
      ...{ device, ledger, accounts: new HeapAccounts(device) },
      rules: { vramLimitBytes: options.vramLimitBytes ?? Number.POSITIVE_INFINITY },
      alignmentBytes: options.alignmentBytes,
      maxBlockBytes: options.maxBlockBytes ?? defaultBlockBytes,
      nBlocks: 0,
    };
  }

  /**
   * Places all pieces or none: those read most often first, so that they get the fastest memory. The headroom of a heap is never
   * used. A piece that would leave the device's memory although a part of it fits is cut, if it can be. Errors:
   * memory-refused (with the ledger), device-lost.
   */
  place(pieces: readonly Piece[]): Placement<M> {
    this.#shared.accounts.refresh();
    for (const piece of new Map(pieces.map((p) => [p.use, p])).values()) this.#recordMissing(piece);
    const { blocks, places } = this.#placed(pieces);
    for (const block of blocks)
      if (this.#isSpilled(block)) this.#record(block, "spilled", "the GPU reads it over the bus");
    const placed: Placed<M> = { places, blocks, free: () => this.#free(blocks) };
    return placed;
  }

  /**
   * Places hot pieces first. Where one piece finds no room although there is enough memory for all, tries again with that
   * piece first, or, if the number of allocations is used up, without cutting. Errors: memory-refused, device-lost.
   */
  #placed(pieces: readonly Piece[]): Placing<M> {
    const { device, ledger } = this.#shared;
    let attempt: Attempt = { first: new Set(), cutting: true, refused: [] };
    for (let nth = 1; ; nth++) {
      const placing = new Placing(this.#shared, pieces, attempt);
      const { blocks } = placing;
      let failed: Piece | null;
      let usedUp: boolean;
      try {
        failed = placing.placeAll();
        if (!failed) return placing;
        usedUp = this.#shared.nBlocks >= device.limits.maxAllocationCount;
      } catch (error) {
        this.#free(blocks);
        throw error;
      }
      const begun = blocks.length > 0;
      this.#free(blocks);
      const { first, cutting, refused } = attempt;
      const hope = usedUp ? cutting : !first.has(failed.key) && pieces.some(({ key }) => key === failed.key);
      if (!begun || !hope || nth === mostAttempts || !this.#isEnoughFor(pieces))
        throw this.#refused(failed, pieces);
      attempt = { first: new Set([...first, failed.key]), cutting: cutting && !usedUp, refused };
      const reason = `no room is left: everything is placed again, ${usedUp ? "without cutting" : "this first"}`;
      ledger.add({
        ...{ purpose: failed.label, rung: "any", sizeBytes: failed.sizeBytes, type: null, flags: null },
        ...{
          heap: null,
          heapSizeBytes: null,
          leftBytes: null,
          headroomBytes: null,
          outcome: "skipped",
          reason,
        },
      });
    }
  }

  #refused(failed: Piece, pieces: readonly Piece[]): MemoryRefusedError {
    const { device, accounts, ledger, rules } = this.#shared;
    const available = roomBytes(device, accounts, rules);
    return new MemoryRefusedError(failed, ledger, sumOf(pieces), available);
  }

  /** Whether all heaps together have room for that much, by what they say; small buffers may be in some of their own. */
  #isEnoughFor(pieces: readonly Piece[]): boolean {
    const { device, accounts, rules } = this.#shared;
    const large = pieces.filter(({ use }) => wantsDeviceMemory.has(use));
    return sumOf(large) <= roomBytes(device, accounts, rules);
  }

  /** The user's settings. */
  get rules(): Rules {
    return this.#shared.rules;
  }

  /** Per heap, the bytes of all blocks. */
  get heldBytes(): readonly number[] {
    return this.#shared.accounts.held;
  }

  /** Whether anything of a placement is beyond the device's memory although it would be faster in it. */
  hasSpilled({ blocks }: Placement<M>): boolean {
    return blocks.some((block) => this.#isSpilled(block));
  }

  /** Whether the device's memory seems to have room for something that spilled, without taking any. */
  hasRoom(placement: Placement<M>): boolean {
    const { device, accounts, rules } = this.#shared;
    accounts.refresh();
    const spilled = placement.blocks.filter((block) => this.#isSpilled(block));
    const fits = (sizeBytes: number, step: Step) =>
      sizeBytes <= accounts.availableBytes(step.heap, promotionHeadrooms) &&
      boundsOf(device, accounts, rules, step).every(([mostBytes]) => sizeBytes <= mostBytes);
    return spilled.some(({ use, pieces }) =>
      stepsOf(device, use)
        .filter(({ heap }) => device.heaps[heap]!.deviceLocal)
        .some((step) => pieces.some(({ sizeBytes }) => fits(sizeBytes, step))),
    );
  }

  /**
   * Takes device memory for spilled pieces, the hottest first, as far as its budgets have room now; null where there
   * is no room. Errors: device-lost.
   */
  promote(placement: Placement<M>): Promotion<M> | null {
    const placed = placement as Placed<M>;
    this.#shared.accounts.refresh();
    const spilled = placed.blocks.filter((block) => this.#isSpilled(block));
    const placing = new Placing(
      this.#shared,
      spilled.flatMap(({ pieces }) => pieces),
    );
    try {
      placing.placeInDevice();
    } catch (error) {
      this.#free(placing.blocks);
      throw error;
    }
    if (placing.places.size === 0) return null;
    const moves = [...placing.places].map(([key, to]) => ({ key, from: placed.places.get(key)!, to }));
    return {
      moves,
      keep: () => {
        for (const { key, to } of moves) placed.places.set(key, to);
        for (const block of spilled) leave(block, moves);
        this.#free(spilled.filter(({ pieces }) => pieces.length === 0));
        const kept = placed.blocks.filter(({ pieces }) => pieces.length > 0);
        placed.blocks.splice(0, placed.blocks.length, ...kept, ...placing.blocks);
        for (const block of placing.blocks) this.#record(block, "promoted", "memory became free");
      },
      undo: (reason) => {
        for (const block of placing.blocks) this.#record(block, "refused", reason);
        this.#free(placing.blocks);
      },
    };
  }

  #isSpilled({ use, step }: Block<M>): boolean {
    return wantsDeviceMemory.has(use) && !this.#shared.device.heaps[step.heap]!.deviceLocal;
  }

  #recordMissing({ use, label }: Piece): void {
    const { device, ledger } = this.#shared;
    const there = new Set(stepsOf(device, use).map(({ rung }) => rung));
    for (const rung of ladders[use] as readonly Rung[])
      if (!there.has(rung))
        ledger.add({
          ...{ purpose: label, rung: rung.name, sizeBytes: 0, type: null, flags: null, heap: null },
          ...{ heapSizeBytes: null, leftBytes: null, headroomBytes: null },
          ...{ outcome: "skipped", reason: "no such memory type" },
        });
  }

  #record({ label, step, memory }: Block<M>, outcome: LedgerEntry["outcome"], reason: string): void {
    const { device, accounts, ledger } = this.#shared;
    ledger.add({ ...entryFor(device, accounts, step, memory.sizeBytes, label), outcome, reason });
  }

  #free(blocks: Block<M>[]): void {
    for (const { memory, step } of blocks.splice(0)) {
      memory.free();
      this.#shared.accounts.giveBack(step.heap, memory.sizeBytes);
      this.#shared.nBlocks--;
    }
  }
}

function sumOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Takes the pieces that were moved out of a block. */
function leave<M extends DeviceMemory>(block: Block<M>, moves: readonly Move<M>[]): void {
  for (const { key, from } of moves) {
    const index = from.memory === block.memory ? block.pieces.findIndex((piece) => piece.key === key) : -1;
    if (index < 0) continue;
    block.ranges.free(from.offsetBytes);
    block.pieces.splice(index, 1);
  }
}
