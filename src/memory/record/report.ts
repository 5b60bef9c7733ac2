import type { MemoryBandwidth } from "../bandwidth.js";
import type { HeapBudget } from "../memory-device.js";
import type { Piece } from "../piece.js";
import type { Card } from "../simulate/card.js";

/** A size of which the device said something, and what we held of that heap when it did. */
export interface Answer {
  /** Which of the request's allocations it was, from 0: a driver may say now this and now that of the same. */
  readonly nth: number;
  /** Index of the memory type. */
  readonly type: number;
  readonly sizeBytes: number;
  readonly heldBytes: number;
}

/** What the device reported and answered while one request was served. */
export interface DeviceResponses {
  /** Milliseconds since recording began. */
  readonly atMs: number;
  /** Per heap when the request came, or null where the driver doesn't tell. */
  readonly budgets: readonly HeapBudget[] | null;
  /** Per heap what we held when the request came: it is in the driver's usageBytes too. */
  readonly heldBytes: readonly number[];
  readonly refusals: readonly (Answer & { readonly reason: string })[];
  /**
   * What was given although something speaks against it: the heap's size and usage (some drivers page), or a refusal of no
   * more than that.
   */
  readonly given: readonly Answer[];
}

/** One thing that an allocator was asked for. Placements are numbered in the order of asking. */
export type RecordedRequest =
  | (DeviceResponses & {
      readonly ask: "place";
      readonly placement: number;
      readonly pieces: readonly Piece[];
    })
  | (DeviceResponses & {
      readonly ask: "promote";
      readonly placement: number;
      /** Whether the new places were kept, and why not; null: there were none. */
      readonly end: { readonly kept: boolean; readonly reason: string } | null;
    })
  | { readonly ask: "free"; readonly atMs: number; readonly placement: number };

/** What an allocator knew beforehand. null: no limit. */
export interface RecordedMemory {
  /** Bit i: memory type i can hold what is allocated. */
  readonly usableTypes: number;
  readonly maxAllocationSizeBytes: number | null;
  readonly maxAllocationCount: number;
  readonly maxHostBytes: number | null;
  readonly vramLimitBytes: number | null;
  readonly alignmentBytes: number;
  readonly maxBlockBytes: number;
}

/** All that an allocator's decisions depend on, besides the card's heaps and types. */
export interface MemoryRecord {
  readonly memory: RecordedMemory;
  /** Requests that gave way to newer ones; what remains can be replayed, but is not all that happened. */
  readonly dropped: number;
  readonly requests: readonly RecordedRequest[];
}

/** How a memory report is recognised: its field `format`. */
export const reportFormat = "whisper-vulkan memory report";

/**
 * What happened with a device's memory, so that it can be played again elsewhere: what was asked for and what the device
 * reported and answered. It holds no decisions - replay() makes the same ones - and nothing of the work itself: no
 * sound, no text, no paths.
 */
export interface MemoryReport extends MemoryRecord {
  readonly format: typeof reportFormat;
  readonly version: 2;
  readonly versions: {
    readonly package: string;
    readonly node: string;
    readonly os: string;
    readonly architecture: string;
  };
  /** The card, its driver with it; its budgets stand in the requests. */
  readonly card: Card;
  readonly bandwidth: MemoryBandwidth;
}
