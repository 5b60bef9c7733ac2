/** Windows in a row that must find room before anything is moved: memory that is free only briefly is not worth it. */
const fewestWindows = 2;
/** Each failed try doubles the wait, up to this many windows. */
const mostWindows = 64;

/** Exponential back-off for moving spilled memory back into the device's memory. Counts windows, not seconds. */
export class BackOff {
  #needed = fewestWindows;
  #seen = 0;

  /** Called once per window with whether there seems to be room. Returns true when it is time to try. */
  due(room: boolean): boolean {
    this.#seen = room ? this.#seen + 1 : 0;
    if (this.#seen < this.#needed) return false;
    this.#seen = 0;
    return true;
  }

  succeeded(): void {
    this.#needed = fewestWindows;
  }

  failed(): void {
    this.#needed = Math.min(2 * this.#needed, mostWindows);
  }
}
