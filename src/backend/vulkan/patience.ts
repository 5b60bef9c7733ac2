/** Windows in a row that must find room before anything is moved: what comes and goes is not worth following. */
const sightings = 2;
/** After tries in vain it is tried again ever more seldom, down to once in so many windows. */
const mostPatience = 64;

/** When to try to move what spilled back into the device's memory. Counts windows, not seconds. */
export class Patience {
  #needed = sightings;
  #seen = 0;

  /** Told once a window whether there seems to be room; true when it is time to try. */
  due(room: boolean): boolean {
    this.#seen = room ? this.#seen + 1 : 0;
    if (this.#seen < this.#needed) return false;
    this.#seen = 0;
    return true;
  }

  succeeded(): void {
    this.#needed = sightings;
  }

  failed(): void {
    this.#needed = Math.min(2 * this.#needed, mostPatience);
  }
}
