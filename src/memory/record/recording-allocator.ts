import {
  Allocator,
  type AllocatorOptions,
  defaultBlockBytes,
  MemoryRefusedError,
  type Placement,
  type Promotion,
} from "../allocator.js";
import type { Ledger } from "../ledger.js";
import type { DeviceMemory, MemoryDevice } from "../memory-device.js";
import type { Piece } from "../piece.js";
import type { MemoryRecord } from "./report.js";
import { type Open, RequestLog } from "./request-log.js";
import { type Listener, WatchedDevice } from "./watched-device.js";

/** Enough for a model that is loaded repeatedly. Memory that is still held is never forgotten. */
const defaultCapacity = 100;

/** An allocator that records its requests and the device's answers. */
export class RecordingAllocator<M extends DeviceMemory> extends Allocator<M> {
  readonly #device: WatchedDevice<M>;
  readonly #options: AllocatorOptions;
  readonly #log: RequestLog;
  readonly #numbers = new WeakMap<Placement<M>, number>();
  readonly #startedAt = performance.now();
  #nPlacements = 0;

  /** capacity: how many requests are kept. */
  constructor(
    device: MemoryDevice<M>,
    ledger: Ledger,
    options: AllocatorOptions,
    capacity = defaultCapacity,
  ) {
    const watched = new WatchedDevice(device);
    super(watched, ledger, options);
    this.#device = watched;
    watched.heldBytes = () => this.heldBytes;
    this.#options = options;
    this.#log = new RequestLog(capacity);
  }

  override place(pieces: readonly Piece[]): Placement<M> {
    const placement = this.#nPlacements++;
    const request: Open<"place"> & Listener = {
      ...{ ask: "place", placement, pieces: pieces.map(pieceData), ...this.#noResponses() },
    };
    try {
      const placed = this.#listening(request, () => super.place(pieces));
      this.#numbers.set(placed, placement);
      const { free } = placed;
      return Object.assign(placed, {
        free: () => {
          if (this.#numbers.delete(placed)) this.#log.add({ ask: "free", atMs: this.#now(), placement });
          free();
        },
      });
    } catch (error) {
      if (error instanceof MemoryRefusedError) this.#log.leftNothing(request);
      // a lost device says nothing about memory
      else this.#log.remove(request);
      throw error;
    }
  }

  override promote(placed: Placement<M>): Promotion<M> | null {
    const placement = this.#numbers.get(placed);
    if (placement === undefined) return super.promote(placed);
    const request: Open<"promote"> & Listener = {
      ...{ ask: "promote", placement, end: null, ...this.#noResponses() },
    };
    const promotion = this.#listening(request, () => super.promote(placed));
    if (!promotion) {
      this.#log.leftNothing(request);
      return null;
    }
    return {
      moves: promotion.moves,
      keep: () => {
        request.end = { kept: true, reason: "" };
        promotion.keep();
      },
      undo: (reason) => {
        request.end = { kept: false, reason };
        this.#log.leftNothing(request);
        promotion.undo(reason);
      },
    };
  }

  /** Everything that a replay needs; null before the first request. */
  record(): MemoryRecord | null {
    if (this.#nPlacements === 0) return null;
    const { usableTypes, limits } = this.#device;
    const { alignmentBytes, maxBlockBytes = defaultBlockBytes, vramLimitBytes } = this.#options;
    return {
      memory: {
        usableTypes,
        maxAllocationSizeBytes: orNone(limits.maxAllocationSizeBytes),
        maxAllocationCount: limits.maxAllocationCount,
        maxHostBytes: orNone(limits.maxHostBytes),
        vramLimitBytes: orNone(vramLimitBytes),
        alignmentBytes,
        maxBlockBytes,
      },
      dropped: this.#log.dropped,
      requests: this.#log.all,
    };
  }

  #listening<T>(request: (Open<"place"> | Open<"promote">) & Listener, work: () => T): T {
    this.#log.add(request);
    this.#device.listen(request);
    try {
      return work();
    } finally {
      this.#device.listen(null);
    }
  }

  #noResponses() {
    const heldBytes = this.heldBytes;
    return { atMs: this.#now(), budgets: null, heldBytes, refusals: [], given: [] };
  }

  #now(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}

/** Leaves out whatever else the caller's pieces carry. */
function pieceData({ key, sizeBytes, use, label, reads, rows }: Piece): Piece {
  const piece = { key, sizeBytes, use, label, reads };
  return rows ? { ...piece, rows: { ...rows } } : piece;
}

/** JSON has no Infinity. */
function orNone(bytes: number | undefined): number | null {
  return bytes !== undefined && Number.isFinite(bytes) ? bytes : null;
}
