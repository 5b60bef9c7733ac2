import type { Moment } from "./report.js";

/** A moment as long as it goes on. */
export type Open<T extends Moment["ask"]> = Writable<Extract<Moment, { ask: T }>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The newest moments. Older ones give way where nothing is left of what was asked, so that the rest can be replayed. */
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
    const oldest = this.#all.find((moment) => this.#idle.has(moment) || this.#freed.has(moment.placement));
    if (!oldest) return false;
    const { placement } = oldest;
    const whole = this.#freed.delete(placement);
    const kept = this.#all.filter((moment) => (whole ? moment.placement !== placement : moment !== oldest));
    this.#dropped += this.#all.length - kept.length;
    this.#all = kept;
    return true;
  }
}
