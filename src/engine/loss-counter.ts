const minuteMs = 60_000;
const tooMany = 3;

/**
 * Counts how often a device was lost, and says when that is too often: the third time within a minute, or the third time
 * without anything done in between, since hangs take longer than that to be noticed.
 */
export class LossCounter {
  #times: number[] = [];
  #inARow = 0;

  add(now = performance.now()): void {
    this.#times.push(now);
    this.#inARow++;
  }

  /** Something was done. */
  progress(): void {
    this.#inARow = 0;
  }

  tooMany(now = performance.now()): boolean {
    this.#times = this.#times.filter((time) => now - time < minuteMs);
    return Math.max(this.#times.length, this.#inARow) >= tooMany;
  }

  /** The device is another one now. */
  clear(): void {
    this.#times = [];
    this.#inARow = 0;
  }
}
