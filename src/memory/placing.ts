import type { HeapAccounts } from "./heap-accounts.js";
import { attempt, boundsOf, entryFor, type Rules, type Step, stepsOf } from "./ladder.js";
import type { Ledger } from "./ledger.js";
import type { DeviceMemory, MemoryDevice } from "./memory-device.js";
import { aligned, type Block, byHeat, type Piece, type Place, take } from "./piece.js";
import { cut } from "./rows.js";
import { Tlsf } from "./tlsf.js";
import { type Use, wantsDeviceMemory } from "./uses.js";

/** What all placings on a device share. */
export interface AllocatorState<M extends DeviceMemory> {
  readonly device: MemoryDevice<M>;
  readonly ledger: Ledger;
  readonly accounts: HeapAccounts;
  readonly rules: Rules;
  readonly alignmentBytes: number;
  readonly maxBlockBytes: number;
  /** Over all placements, since maxMemoryAllocationCount applies to the whole device. */
  nBlocks: number;
}

/** Heaps up to this size are cut into eighths: a block of 256 MiB would be all of some. */
const smallHeapBytes = 2 ** 30;
/** Blocks are whole pages, so that the requested size is what the driver takes. */
const pageBytes = 4096;
/** No piece is cut smaller: each part costs the program a command. */
const leastCutBytes = 64 << 10;

/** Memory that moves back must leave 1.5 times the usual headroom, so that it is not in the way again at once. */
export const promotionHeadrooms = 1.5;

/** A size that was refused, and what was held of its heap then: as long as no less is held, another request is pointless. */
export interface Refused {
  readonly type: number;
  readonly sizeBytes: number;
  readonly heldBytes: number;
}

/** What this attempt does differently because an earlier one failed. */
export interface Attempt {
  /** Keys of pieces that are placed before all others. */
  readonly first: ReadonlySet<string>;
  /** Whether pieces may be cut, which takes more allocations. */
  readonly cutting: boolean;
  /** Refusals of earlier attempts; more are added. */
  readonly refused: Refused[];
}

interface Room {
  readonly step: Step | null;
  readonly bytes: number;
}

/** One batch of pieces on its way to memory: the order, what is still to come, and the sizes refused so far. */
export class Placing<M extends DeviceMemory> {
  readonly blocks: Block<M>[] = [];
  readonly places = new Map<string, Place<M>>();
  readonly #shared: AllocatorState<M>;
  readonly #attempt: Attempt;
  readonly #waiting: Set<Piece>;
  /** How much is kept free of each heap, in headrooms. */
  #nHeadrooms = 1;
  readonly #said = new Map<Step, Map<Use, string>>();
  readonly #steps = new Map<Use, { readonly inDevice: readonly Step[]; readonly others: readonly Step[] }>();

  constructor(
    shared: AllocatorState<M>,
    pieces: readonly Piece[],
    attempt: Attempt = { first: new Set(), cutting: true, refused: [] },
  ) {
    this.#shared = shared;
    this.#attempt = attempt;
    const wanted = pieces.map((piece) => aligned(piece, shared.alignmentBytes)).sort(byHeat);
    const isFirst = ({ key }: Piece) => attempt.first.has(key);
    this.#waiting = new Set(
      attempt.first.size === 0
        ? wanted
        : [...wanted.filter(isFirst), ...wanted.filter((piece) => !isFirst(piece))],
    );
  }

  /** Places everything; returns the piece for which there is no memory anywhere, or null. Throws when the device is lost. */
  placeAll(): Piece | null {
    for (const piece of this.#waiting) {
      this.#waiting.delete(piece);
      for (let rest: Piece | null = piece; rest; ) {
        const next: Piece | null = this.#placeSome(rest);
        if (next === rest) return rest;
        rest = next;
      }
    }
    return null;
  }

  /**
   * Places what fits into the device's own memory within its budgets, with more headroom than otherwise; nothing is cut, and
   * what doesn't fit stays where it is.
   */
  placeInDevice(): void {
    this.#nHeadrooms = promotionHeadrooms;
    for (const piece of this.#waiting) {
      this.#waiting.delete(piece);
      const place = this.#onSteps(piece, this.#stepsTo(piece.use, true));
      if (place) this.places.set(piece.key, place);
    }
  }

  /**
   * Places a whole piece or, where that would cost it the device's memory or all memory, as much of its front as possible.
   * Returns the rest, null where there is none, or the piece itself where nothing could be placed.
   */
  #placeSome(piece: Piece): Piece | null {
    for (const inDevice of [true, false]) {
      const steps = this.#stepsTo(piece.use, inDevice);
      const place = this.#onSteps(piece, steps);
      if (place) {
        this.places.set(piece.key, place);
        return null;
      }
      const rest = this.#placeFront(piece, steps);
      if (rest) return rest;
    }
    return piece;
  }

  /** The steps of a use that give the device's own memory, or the other steps. */
  #stepsTo(use: Use, inDevice: boolean): readonly Step[] {
    const { device } = this.#shared;
    let steps = this.#steps.get(use);
    if (!steps) {
      const all = stepsOf(device, use);
      // where this makes no difference to a use, only the order of the ladder counts
      const isFirst = ({ heap }: Step) => !wantsDeviceMemory.has(use) || device.heaps[heap]!.deviceLocal;
      steps = { inDevice: all.filter(isFirst), others: all.filter((step) => !isFirst(step)) };
      this.#steps.set(use, steps);
    }
    return inDevice ? steps.inDevice : steps.others;
  }

  #onSteps(piece: Piece, steps: readonly Step[]): Place<M> | null {
    for (const step of steps) {
      for (const block of this.blocks) {
        if (block.use !== piece.use || block.label !== piece.label || block.step.type !== step.type) continue;
        const place = take(block, piece);
        if (place) return place;
      }
      const block = this.#openBlock(piece, step);
      if (!block) continue;
      this.blocks.push(block);
      return take(block, piece);
    }
    return null;
  }

  /** A new block for a piece and those of its kind that come after it, or for fewer of them, down to the piece alone. */
  #openBlock(piece: Piece, step: Step): Block<M> | null {
    const { device, accounts, ledger } = this.#shared;
    const skip = (sizeBytes: number, reason: string) => {
      // recorded once, not for every piece; when something is moved back, what stays is nothing new
      if (this.#nHeadrooms === 1 && this.#isNews(piece, step, reason))
        ledger.add({ ...entryFor(device, accounts, step, sizeBytes, piece.label), reason });
      return null;
    };
    if (this.#shared.nBlocks >= device.limits.maxAllocationCount)
      return skip(piece.sizeBytes, "maxMemoryAllocationCount is reached");
    const least = inPages(piece.sizeBytes);
    const rule = this.#bounds(step).find(([mostBytes]) => least > mostBytes);
    if (rule) return skip(least, rule[1]);
    const left = this.#leftBytes(step);
    if (least > left) return skip(least, "more than is left above what is kept free");
    const refusedBytes = this.#refusedBytes(step);
    if (least >= refusedBytes) return skip(least, "a request no larger than this was just refused");
    let most = Math.min(
      ...[this.#blockBytes(step), left, device.limits.maxAllocationSizeBytes, refusedBytes - 1],
    );
    for (let tried = Number.POSITIVE_INFINITY; ; most = Math.floor(tried / 2)) {
      const sizeBytes = inPages(this.#fitting(piece, most - (most % pageBytes)));
      if (sizeBytes >= refusedBytes || sizeBytes >= tried) return null;
      tried = sizeBytes;
      if (this.#bounds(step).every(([mostBytes]) => sizeBytes <= mostBytes)) {
        const block = this.#allocate(piece, step, sizeBytes);
        if (block) return block;
        this.#attempt.refused.push({ type: step.type, sizeBytes, heldBytes: accounts.held[step.heap]! });
      }
      if (sizeBytes === least) return null;
    }
  }

  #allocate({ use, label }: Piece, step: Step, sizeBytes: number): Block<M> | null {
    const { device, accounts, ledger } = this.#shared;
    const memory = attempt(device, accounts, step, sizeBytes, label, priorityOf(use), ledger);
    if (!memory) return null;
    this.#shared.nBlocks++;
    return { memory, use, label, step, ranges: new Tlsf(sizeBytes), pieces: [] };
  }

  /** Places as much of a piece as possible on one of these steps; returns the rest, or null where too little can be placed. */
  #placeFront(piece: Piece, steps: readonly Step[]): Piece | null {
    const { device, alignmentBytes, accounts, ledger } = this.#shared;
    const unit = Math.max(pageBytes, alignmentBytes);
    while (this.#attempt.cutting && piece.rows && this.#shared.nBlocks < device.limits.maxAllocationCount) {
      const rooms = steps.map((step) => ({ step, bytes: this.#roomBytes(step) }));
      const best = rooms.reduce((a, b) => (b.bytes > a.bytes ? b : a), { step: null, bytes: 0 } as Room);
      const maxBytes = best.bytes - (best.bytes % unit);
      if (!best.step || maxBytes < leastCutBytes || maxBytes >= piece.sizeBytes) return null;
      const parts = cut(piece, maxBytes);
      if (!parts) return null;
      const [front, rest] = parts.map((part) => aligned(part, alignmentBytes)) as [Piece, Piece];
      const place = this.#onSteps(front, [best.step]);
      if (!place) continue; // refused: half as much next time
      const entry = entryFor(device, accounts, best.step, piece.sizeBytes, piece.label);
      ledger.add({ ...entry, outcome: "split", reason: "it does not fit in one piece" });
      this.places.set(front.key, place);
      return rest;
    }
    return null;
  }

  /** The largest allocation that may still succeed on a step: of a refused size, perhaps half. */
  #roomBytes(step: Step): number {
    return Math.min(
      ...this.#bounds(step).map(([mostBytes]) => mostBytes),
      this.#leftBytes(step),
      Math.floor(this.#refusedBytes(step) / 2),
    );
  }

  /** The smallest size that was refused with no more held than now. */
  #refusedBytes({ type, heap }: Step): number {
    const held = this.#shared.accounts.held[heap]!;
    return this.#attempt.refused.reduce(
      (least, r) => (r.type === type && r.heldBytes <= held ? Math.min(least, r.sizeBytes) : least),
      Number.POSITIVE_INFINITY,
    );
  }

  #bounds(step: Step) {
    const { device, accounts, rules } = this.#shared;
    return boundsOf(device, accounts, rules, step);
  }

  #leftBytes({ heap }: Step): number {
    return this.#shared.accounts.availableBytes(heap, this.#nHeadrooms);
  }

  #blockBytes({ heap }: Step): number {
    const { device, maxBlockBytes } = this.#shared;
    const { sizeBytes } = device.heaps[heap]!;
    return sizeBytes <= smallHeapBytes ? Math.min(maxBlockBytes, sizeBytes / 8) : maxBlockBytes;
  }

  /** Bytes of this piece and of the following ones of its kind, up to `most` in total, but at least this piece's own. */
  #fitting(piece: Piece, most: number): number {
    let sum = piece.sizeBytes;
    for (const other of this.#waiting) {
      if (other.use !== piece.use || other.label !== piece.label) continue;
      if (sum + other.sizeBytes > most) break;
      sum += other.sizeBytes;
    }
    return sum;
  }

  /** False where the last entry for this use on this step said the same. */
  #isNews({ use }: Piece, step: Step, reason: string): boolean {
    const byUse = this.#said.get(step) ?? new Map<Use, string>();
    if (byUse.get(use) === reason) return false;
    this.#said.set(step, byUse.set(use, reason));
    return true;
  }
}

/** For drivers that page VRAM out: what every token reads is paged out last. */
function priorityOf(use: Use): number {
  return use === "coldWeights" ? 0.5 : use === "scratch" ? 0.75 : 1;
}

function inPages(sizeBytes: number): number {
  return Math.ceil(sizeBytes / pageBytes) * pageBytes;
}
