import type { Moment } from "./report.js";

/** A moment as long as it goes on. */
export type Open<T extends Moment["ask"]> = Writable<Extract<Moment, { ask: T }>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The newest moments. Older ones give way where nothing is left of what was asked and nothing that remains was asked
 * meanwhile, so that the rest can be replayed.
 */
export class Moments {
  readonly #capacity: number;
  readonly #idle = new WeakSet<Moment>();
  readonly #freed = new Set<number>();
  #all: Moment[] = [];
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get all(): readonly Moment[] {
    return this.#all.map((moment) => ({ ...moment }));
  }

  /** How many gave way. */
  get dropped(): number {
    return this.#dropped;
  }

  add(moment: Moment): void {
    this.#all.push(moment);
    if (moment.ask === "free") this.#freed.add(moment.placement);
    while (this.#all.length > this.#capacity && this.#dropOldest());
  }

  /** The moment changed nothing that later ones depend on. */
  leftNothing(moment: Moment): void {
    this.#idle.add(moment);
  }

  /** As if it had not been. */
  remove(moment: Moment): void {
    this.#all = this.#all.filter((one) => one !== moment);
  }

  #dropOldest(): boolean {
    for (const oldest of this.#all) {
      const going = this.#freed.has(oldest.placement) ? this.#goneWith(oldest.placement) : null;
      if (!going && !this.#idle.has(oldest)) continue;
      const kept = this.#all.filter((moment) => moment !== oldest && !going?.has(moment.placement));
      for (const placement of going ?? []) this.#freed.delete(placement);
      this.#dropped += this.#all.length - kept.length;
      this.#all = kept;
      return true;
    }
    return false;
  }

  /**
   * A freed placement and those that decided something while it was held, since they depend on it, and so on; null where one
   * of them is still held.
   */
  #goneWith(placement: number): ReadonlySet<number> | null {
    const going = new Set([placement]);
    for (const member of going) {
      if (!this.#freed.has(member)) return null;
      const first = this.#all.findIndex((moment) => moment.placement === member);
      const last = this.#all.findLastIndex((moment) => moment.placement === member);
      for (const moment of this.#all.slice(first, last))
        if (moment.ask !== "free" && !this.#idle.has(moment)) going.add(moment.placement);
    }
    return going;
  }
}
