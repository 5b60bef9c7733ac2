import { leftBytes, type MemoryDevice } from "./memory-device.js";

const headroomShare = 0.05;

/**
 * The part of a heap that is never used: 5 % of it, since some drivers fail above that, but at most half of what would be free
 * without us.
 */
export function headroomOf(heapSizeBytes: number, freeWithoutUsBytes: number): number {
  return Math.ceil(Math.min(headroomShare * heapSizeBytes, freeWithoutUsBytes / 2));
}

/**
 * What is left in each heap: the driver's budget when it was last asked, less what was taken since; where the driver has
 * no budgets, the heap less all that this process holds.
 */
export class HeapAccounts {
  readonly #device: MemoryDevice;
  #freeAtSnapshot: readonly number[] = [];
  #headrooms: readonly number[] = [];
  readonly #takenSince: number[];
  readonly #held: number[];

  constructor(device: MemoryDevice) {
    this.#device = device;
    this.#takenSince = device.heaps.map(() => 0);
    this.#held = device.heaps.map(() => 0);
    this.refresh();
  }

  /** Asks the driver again. */
  refresh(): void {
    const budgets = this.#device.budget();
    this.#freeAtSnapshot = this.#device.heaps.map(({ sizeBytes }, heap) => {
      const budget = budgets?.[heap];
      return leftBytes(sizeBytes, budget ?? { usageBytes: this.#held[heap]! });
    });
    // what we hold counts as free here; otherwise every further request would take half of the headroom
    this.#headrooms = this.#device.heaps.map(({ sizeBytes }, heap) =>
      headroomOf(sizeBytes, this.#freeAtSnapshot[heap]! + this.#held[heap]!),
    );
    this.#takenSince.fill(0);
  }

  take(heap: number, sizeBytes: number): void {
    this.#takenSince[heap]! += sizeBytes;
    this.#held[heap]! += sizeBytes;
  }

  giveBack(heap: number, sizeBytes: number): void {
    this.take(heap, -sizeBytes);
  }

  /** Never below 0. */
  freeBytes(heap: number): number {
    return Math.max(0, this.#freeAtSnapshot[heap]! - this.#takenSince[heap]!);
  }

  /** What is kept free. */
  headroomBytes(heap: number): number {
    return this.#headrooms[heap]!;
  }

  /** What may be taken: what is free, less one or several headrooms. */
  availableBytes(heap: number, nHeadrooms = 1): number {
    return Math.max(0, Math.floor(this.freeBytes(heap) - nHeadrooms * this.#headrooms[heap]!));
  }

  /** Per heap, bytes this process holds. */
  get held(): readonly number[] {
    return [...this.#held];
  }

  /** Bytes this process holds in heaps of the device, or in the others. */
  heldBytes(deviceLocal: boolean): number {
    return this.#held.reduce(
      (sum, bytes, heap) => sum + (this.#device.heaps[heap]!.deviceLocal === deviceLocal ? bytes : 0),
      0,
    );
  }
}
