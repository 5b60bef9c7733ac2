import type { MemoryBandwidth } from "../bandwidth.js";
import type { HeapBudget } from "../memory-device.js";
import type { Piece } from "../piece.js";
import type { Card } from "../simulate/card.js";

/** A size that the device granted or refused, and what we held of that heap at that time. */
export interface Answer {
  /** Index of the allocation within the request, from 0: a driver may answer the same request differently each time. */
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
  /** Per heap when the request came, or null where the driver does not report it. */
  readonly budgets: readonly HeapBudget[] | null;
  /** Per heap what we held when the request came: it is in the driver's usageBytes too. */
  readonly heldBytes: readonly number[];
  readonly refusals: readonly (Answer & { readonly reason: string })[];
  /**
   * Sizes granted although they should not fit: by the heap's size and usage (some drivers page), or after a refusal of no
   * more than that.
   */
  readonly given: readonly Answer[];
}

/** One request to an allocator. Placements are numbered in the order of the requests. */
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

/** Everything that an allocator's decisions depend on, besides the card's heaps and types. */
export interface MemoryRecord {
  readonly memory: RecordedMemory;
  /** How many requests were dropped for newer ones. The rest can be replayed but is not the whole history. */
  readonly dropped: number;
  readonly requests: readonly RecordedRequest[];
}

/** How a memory report is recognised: its field `format`. */
export const reportFormat = "whisper-vulkan memory report";

/**
 * A record of a device's memory that can be replayed elsewhere: the requests, and what the device
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
  /** The card and its driver. Its budgets are in the requests. */
  readonly card: Card;
  readonly bandwidth: MemoryBandwidth;
}
