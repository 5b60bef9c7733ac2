import { WhisperVulkanError } from "../errors.js";
import { HeapAccounts } from "./heap-accounts.js";
import { attempt, entryFor, type Rules, ruleAgainst, type Step, stepsOf } from "./ladder.js";
import { type Ledger, type LedgerEntry, lastTries } from "./ledger.js";
import type { DeviceMemory, MemoryDevice } from "./memory-device.js";
import { Tlsf } from "./tlsf.js";
import { ladders, type Rung, type Use, wantsDeviceMemory } from "./uses.js";

/** A piece of memory wanted; it never straddles two blocks. */
export interface Piece {
  readonly key: string;
  readonly sizeBytes: number;
  readonly use: Use;
  /** For people: "weights". */
  readonly label: string;
  /** How often all of it is read in a unit of work: what decides who keeps the fastest memory. */
  readonly reads: number;
}

export interface Place<M extends DeviceMemory> {
  readonly memory: M;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** One allocation of the driver's, cut up. */
export interface Block<M extends DeviceMemory> {
  readonly memory: M;
  readonly use: Use;
  readonly label: string;
  readonly step: Step;
  readonly ranges: Tlsf;
  readonly pieces: Piece[];
}

/** Where every piece lies. Freed as a whole. */
export interface Placement<M extends DeviceMemory> {
  readonly places: ReadonlyMap<string, Place<M>>;
  readonly blocks: readonly Block<M>[];
  free(): void;
}

export interface AllocatorOptions extends Partial<Rules> {
  /** Offsets and sizes of pieces are multiples of it: a power of two. */
  readonly alignmentBytes: number;
  /** Largest block that is shared; larger pieces get one of their own. Default: 256 MiB. */
  readonly maxBlockBytes?: number;
}

const defaultBlockBytes = 256 << 20;
/** Heaps up to this size are cut into eighths: a block of 256 MiB would be all of some. */
const smallHeapBytes = 2 ** 30;
/** Blocks are whole pages, so that what is asked for is what the driver takes. */
const pageBytes = 4096;

/** No memory was to be had; carries the record of what was tried. */
export class MemoryRefusedError extends WhisperVulkanError {
  readonly ledger: readonly LedgerEntry[];

  constructor(piece: Piece, ledger: Ledger) {
    super(
      "memory-refused",
      `no memory for ${piece.label} (${piece.key}, ${piece.sizeBytes} bytes): ${lastTries(ledger)}`,
      { hint: "close other programs that use the GPU, take a smaller model, or use --device cpu" },
    );
    this.ledger = [...ledger.entries];
  }
}

/**
 * Takes memory from a device in blocks and places pieces in them. Every decision depends on what the device reports and
 * answers and on nothing else, so that the same allocator on a snapshot of a device is the plan.
 */
export class Allocator<M extends DeviceMemory> {
  readonly #device: MemoryDevice<M>;
  readonly #ledger: Ledger;
  readonly #accounts: HeapAccounts;
  readonly #rules: Rules;
  readonly #alignmentBytes: number;
  readonly #maxBlockBytes: number;
  /** Over all placements: maxMemoryAllocationCount holds for the device. */
  #nBlocks = 0;

  constructor(device: MemoryDevice<M>, ledger: Ledger, options: AllocatorOptions) {
    this.#device = device;
    this.#ledger = ledger;
    this.#accounts = new HeapAccounts(device);
    this.#rules = { vramLimitBytes: options.vramLimitBytes ?? Number.POSITIVE_INFINITY };
    this.#alignmentBytes = options.alignmentBytes;
    this.#maxBlockBytes = options.maxBlockBytes ?? defaultBlockBytes;
  }

  /**
   * Places all pieces or none: what is read most often first, so that it has the fastest memory. With a memory short,
   * all but the headroom is used of every kind before any headroom is. Errors: memory-refused (with the ledger),
   * device-lost.
   */
  place(pieces: readonly Piece[]): Placement<M> {
    this.#accounts.refresh();
    for (const { use, label } of new Map(pieces.map((piece) => [piece.use, piece])).values())
      this.#recordMissing(use, label);
    const placing = new Placing(this.#aligned(pieces));
    const blocks: Block<M>[] = [];
    const places = new Map<string, Place<M>>();
    try {
      for (const piece of placing.pieces) {
        const place = this.#placeOne(piece, placing, blocks);
        if (!place) throw new MemoryRefusedError(piece, this.#ledger);
        placing.done(piece);
        places.set(piece.key, place);
      }
    } catch (error) {
      this.#free(blocks);
      throw error;
    }
    this.#recordSpills(blocks);
    return { places, blocks, free: () => this.#free(blocks) };
  }

  #placeOne(piece: Piece, placing: Placing, blocks: Block<M>[]): Place<M> | null {
    for (const heedBudget of [true, false])
      for (const step of placing.steps(this.#device, piece.use)) {
        for (const block of blocks) {
          if (block.use !== piece.use || block.label !== piece.label || block.step.type !== step.type)
            continue;
          const place = take(block, piece);
          if (place) return place;
        }
        const block = this.#openBlock(piece, placing, step, heedBudget);
        if (!block) continue;
        blocks.push(block);
        return take(block, piece);
      }
    return null;
  }

  /** A new block for a piece and those of its kind that come after it, or for fewer of them, down to the piece alone. */
  #openBlock(piece: Piece, placing: Placing, step: Step, heedBudget: boolean): Block<M> | null {
    const skip = (sizeBytes: number, reason: string) => {
      // said once, not for every piece and again in the round that puts the budget aside
      if (placing.isNews(piece, step, reason))
        this.#ledger.add({ ...entryFor(this.#device, this.#accounts, step, sizeBytes, piece.label), reason });
      return null;
    };
    if (this.#nBlocks >= this.#device.limits.maxAllocationCount)
      return skip(piece.sizeBytes, "maxMemoryAllocationCount is reached");
    const least = inPages(piece.sizeBytes);
    const rule = ruleAgainst(this.#device, this.#accounts, this.#rules, step, least);
    if (rule !== null) return skip(least, rule);
    const left = heedBudget ? this.#accounts.availableBytes(step.heap) : Number.POSITIVE_INFINITY;
    if (least > left) return skip(least, "more than the heap's budget has left");
    const refusedBytes = placing.refusedBytes.get(step.type) ?? Number.POSITIVE_INFINITY;
    if (least >= refusedBytes)
      return heedBudget ? skip(least, "no more than this was refused just now") : null;
    let most = Math.min(
      this.#blockBytes(step),
      left,
      this.#device.limits.maxAllocationSizeBytes,
      refusedBytes - 1,
    );
    for (let tried = Number.POSITIVE_INFINITY; ; most = Math.floor(tried / 2)) {
      const sizeBytes = inPages(placing.fitting(piece, most - (most % pageBytes)));
      if (sizeBytes >= refusedBytes || sizeBytes >= tried) return null;
      tried = sizeBytes;
      const broken = ruleAgainst(this.#device, this.#accounts, this.#rules, step, sizeBytes);
      if (broken === null) {
        const memory = attempt(
          ...([this.#device, this.#accounts, step, sizeBytes, piece.label] as const),
          ...([priorityOf(piece.use), this.#ledger] as const),
        );
        if (memory) {
          this.#nBlocks++;
          const { use, label } = piece;
          return { memory, use, label, step, ranges: new Tlsf(sizeBytes), pieces: [] };
        }
        placing.refusedBytes.set(step.type, sizeBytes);
      }
      if (sizeBytes === least) return null;
    }
  }

  #blockBytes({ heap }: Step): number {
    const { sizeBytes } = this.#device.heaps[heap]!;
    return sizeBytes <= smallHeapBytes ? Math.min(this.#maxBlockBytes, sizeBytes / 8) : this.#maxBlockBytes;
  }

  #aligned(pieces: readonly Piece[]): Piece[] {
    const alignment = this.#alignmentBytes;
    return pieces.map((piece) => ({
      ...piece,
      sizeBytes: Math.max(1, Math.ceil(piece.sizeBytes / alignment)) * alignment,
    }));
  }

  #recordMissing(use: Use, label: string): void {
    const there = new Set(stepsOf(this.#device, use).map(({ rung }) => rung));
    for (const rung of ladders[use] as readonly Rung[])
      if (!there.has(rung))
        this.#ledger.add({
          ...{ purpose: label, rung: rung.name, sizeBytes: 0, type: null, flags: null, heap: null },
          ...{ heapSizeBytes: null, leftBytes: null, outcome: "skipped", reason: "no such memory type" },
        });
  }

  #recordSpills(blocks: readonly Block<M>[]): void {
    for (const { use, label, step, memory } of blocks)
      if (wantsDeviceMemory.has(use) && !this.#device.heaps[step.heap]!.deviceLocal)
        this.#ledger.add({
          ...entryFor(this.#device, this.#accounts, step, memory.sizeBytes, label),
          outcome: "spilled",
          reason: "the GPU reads it over the bus",
        });
  }

  #free(blocks: Block<M>[]): void {
    for (const { memory, step } of blocks.splice(0)) {
      memory.free();
      this.#accounts.giveBack(step.heap, memory.sizeBytes);
      this.#nBlocks--;
    }
  }
}

/** What one call of place() knows: the order of the pieces, those still to come, and the sizes refused so far. */
class Placing {
  readonly pieces: readonly Piece[];
  /** By memory type: the smallest size that was refused; asking again for as much would cost time and gain nothing. */
  readonly refusedBytes = new Map<number, number>();
  readonly #waiting: Set<Piece>;
  readonly #said = new Map<Step, Map<Use, string>>();
  readonly #steps = new Map<Use, readonly Step[]>();

  constructor(pieces: readonly Piece[]) {
    this.pieces = [...pieces].sort(
      (a, b) => b.reads - a.reads || rank(a.use) - rank(b.use) || b.sizeBytes - a.sizeBytes,
    );
    this.#waiting = new Set(this.pieces);
  }

  steps(device: MemoryDevice, use: Use): readonly Step[] {
    let steps = this.#steps.get(use);
    if (!steps) {
      steps = stepsOf(device, use);
      this.#steps.set(use, steps);
    }
    return steps;
  }

  /** False where the same was said last of this use on this step. */
  isNews({ use }: Piece, step: Step, reason: string): boolean {
    const said = this.#said.get(step)?.get(use);
    if (said === reason) return false;
    const byUse = this.#said.get(step) ?? new Map<Use, string>();
    this.#said.set(step, byUse.set(use, reason));
    return true;
  }

  done(piece: Piece): void {
    this.#waiting.delete(piece);
  }

  /** Bytes of this piece and of those of its kind after it, as many as come to at most `most`; at least its own. */
  fitting(piece: Piece, most: number): number {
    let sum = 0;
    for (const other of this.#waiting) {
      if (other.use !== piece.use || other.label !== piece.label) continue;
      if (other === piece || sum + other.sizeBytes <= most) sum += other.sizeBytes;
      else break;
    }
    return sum;
  }
}

/** Among pieces read equally often, caches and small buffers come before weights. */
function rank(use: Use): number {
  return use === "upload" || use === "readBack" ? 0 : use === "caches" ? 1 : 2;
}

/** For drivers that page VRAM out: what every token reads goes last. */
function priorityOf(use: Use): number {
  return use === "coldWeights" ? 0.5 : use === "scratch" ? 0.75 : 1;
}

function take<M extends DeviceMemory>(block: Block<M>, piece: Piece): Place<M> | null {
  const offsetBytes = block.ranges.allocate(piece.sizeBytes);
  if (offsetBytes === null) return null;
  block.pieces.push(piece);
  return { memory: block.memory, offsetBytes, sizeBytes: piece.sizeBytes };
}

function inPages(sizeBytes: number): number {
  return Math.ceil(sizeBytes / pageBytes) * pageBytes;
}
