import type { RecordedRequest } from "./report.js";

/** A request in progress. */
export type Open<T extends RecordedRequest["ask"]> = Writable<Extract<RecordedRequest, { ask: T }>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The newest requests. An older one is dropped once its memory is freed and no remaining request was made
 * meanwhile, so that the rest can be replayed.
 */
export class RequestLog {
  readonly #capacity: number;
  readonly #idle = new WeakSet<RecordedRequest>();
  readonly #freed = new Set<number>();
  #all: RecordedRequest[] = [];
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get all(): readonly RecordedRequest[] {
    return this.#all.map((request) => ({ ...request }));
  }

  /** How many were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  add(request: RecordedRequest): void {
    this.#all.push(request);
    if (request.ask === "free") this.#freed.add(request.placement);
    while (this.#all.length > this.#capacity && this.#dropOldest());
  }

  /** The request changed nothing that later ones depend on. */
  leftNothing(request: RecordedRequest): void {
    this.#idle.add(request);
  }

  /** Discards the request. */
  remove(request: RecordedRequest): void {
    this.#all = this.#all.filter((one) => one !== request);
  }

  #dropOldest(): boolean {
    for (const oldest of this.#all) {
      const going = this.#freed.has(oldest.placement) ? this.#goneWith(oldest.placement) : null;
      if (!going && !this.#idle.has(oldest)) continue;
      const kept = this.#all.filter((request) => request !== oldest && !going?.has(request.placement));
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
      const first = this.#all.findIndex((request) => request.placement === member);
      const last = this.#all.findLastIndex((request) => request.placement === member);
      for (const request of this.#all.slice(first, last))
        if (request.ask !== "free" && !this.#idle.has(request)) going.add(request.placement);
    }
    return going;
  }
}
