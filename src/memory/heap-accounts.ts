import { leftBytes, type MemoryDevice } from "./memory-device.js";

/** Of a heap this much stays free, since some drivers fail above 95 %; of what is free at most a half. */
const headroomShare = 0.05;

/**
 * What is left in each heap: the driver's budget when it was last asked, less what was taken since; where the driver has
 * no budgets, the heap less all that this process holds.
 */
export class HeapAccounts {
  readonly #device: MemoryDevice;
  #freeAtSnapshot: readonly number[] = [];
  readonly #takenSince: number[];
  readonly #held: number[];

  constructor(device: MemoryDevice) {
    this.#device = device;
    this.#takenSince = device.heaps.map(() => 0);
    this.#held = device.heaps.map(() => 0);
    this.refresh();
  }

  /** Asks the driver anew. */
  refresh(): void {
    const budgets = this.#device.budget();
    this.#freeAtSnapshot = this.#device.heaps.map(({ sizeBytes }, heap) => {
      const budget = budgets?.[heap];
      return leftBytes(sizeBytes, budget ?? { usageBytes: this.#held[heap]! });
    });
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

  /** What is free, less the headroom (or several of them) that was due when the driver was asked. */
  availableBytes(heap: number, nHeadrooms = 1): number {
    const free = this.#freeAtSnapshot[heap]!;
    const headroom = Math.min(headroomShare * this.#device.heaps[heap]!.sizeBytes, free / 2);
    return Math.max(0, Math.floor(this.freeBytes(heap) - nHeadrooms * headroom));
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
