const minuteMs = 60_000;
const tooMany = 3;

/**
 * Counts how often a device was lost, and reports when that is too often: the third time within a minute, or the third time
 * in a row without progress, since hangs take longer than that to be noticed.
 */
export class LossCounter {
  #times: number[] = [];
  #inARow = 0;

  add(now = performance.now()): void {
    this.#times.push(now);
    this.#inARow++;
  }

  /** Work has progressed. */
  progress(): void {
    this.#inARow = 0;
  }

  tooMany(now = performance.now()): boolean {
    this.#times = this.#times.filter((time) => now - time < minuteMs);
    return Math.max(this.#times.length, this.#inARow) >= tooMany;
  }

  /** A new device is in use: the count starts over. */
  clear(): void {
    this.#times = [];
    this.#inARow = 0;
  }
}
