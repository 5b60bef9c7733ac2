import { size } from "./size.js";

/** One attempt to get memory, or the reason why there was no attempt. */
export interface LedgerEntry {
  /** Its purpose: "weights". */
  readonly purpose: string;
  /** "HOST_VISIBLE|DEVICE_LOCAL", the rung of the ladder. */
  readonly rung: string;
  readonly sizeBytes: number;
  /** Null where a rung has no memory type at all. */
  readonly type: number | null;
  readonly flags: number | null;
  readonly heap: number | null;
  readonly heapSizeBytes: number | null;
  /** What was left in the heap, by the driver's budget or by our own count. */
  readonly leftBytes: number | null;
  /** How much of that is kept free. */
  readonly headroomBytes: number | null;
  /**
   * spilled: got, but not in the device's own memory; split: cut, since a part of it fits; promoted: moved back into the
   * device's memory.
   */
  readonly outcome: "allocated" | "refused" | "skipped" | "spilled" | "split" | "promoted";
  /** The driver's code for a refusal, the rule for a skip, "" for an allocation. */
  readonly reason: string;
}

/** An entry as the ledger keeps it. */
export interface LedgerRecord extends LedgerEntry {
  /** Milliseconds since the ledger was opened, of the first time. */
  readonly atMs: number;
  /** How often in a row the same entry occurred; sizeBytes and leftBytes are those of the first. */
  readonly times: number;
}

/** The record of every attempt, skip, refusal and spill. When there are very many, the oldest are dropped. */
export class Ledger {
  readonly #capacity: number;
  readonly #entries: LedgerRecord[] = [];
  readonly #openedAt = performance.now();
  #dropped = 0;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  add(entry: LedgerEntry): void {
    const last = this.#entries.at(-1);
    if (last && entry.outcome !== "allocated" && saysTheSame(last, entry)) {
      this.#entries[this.#entries.length - 1] = { ...last, times: last.times + 1 };
      return;
    }
    if (this.#entries.length === this.#capacity) {
      this.#entries.shift();
      this.#dropped++;
    }
    this.#entries.push({ ...entry, atMs: performance.now() - this.#openedAt, times: 1 });
  }

  get entries(): readonly LedgerRecord[] {
    return this.#entries;
  }

  /** How many entries were dropped. */
  get dropped(): number {
    return this.#dropped;
  }
}

function saysTheSame(a: LedgerEntry, b: LedgerEntry): boolean {
  return (
    a.purpose === b.purpose &&
    a.outcome === b.outcome &&
    a.rung === b.rung &&
    a.type === b.type &&
    a.reason === b.reason
  );
}

/** One line for people. */
export function describeEntry(entry: LedgerEntry & { readonly times?: number }): string {
  if (entry.sizeBytes === 0) return `${entry.outcome} ${entry.rung} for ${entry.purpose}: ${entry.reason}`;
  const where = entry.type === null ? entry.rung : `${entry.rung}, type ${entry.type}, heap ${entry.heap}`;
  const left =
    entry.leftBytes === null
      ? ""
      : `, ${size(entry.leftBytes)} left, ${size(entry.headroomBytes ?? 0)} of it kept free`;
  const reason = entry.reason === "" ? "" : `: ${entry.reason}`;
  const times = (entry.times ?? 1) > 1 ? ` (${entry.times} times)` : "";
  return `${entry.outcome} ${size(entry.sizeBytes)} for ${entry.purpose} (${where}${left})${reason}${times}`;
}

/** The end of the ledger in words, for an error. */
export function lastTries(ledger: Ledger, n = 3): string {
  return ledger.entries.slice(-n).map(describeEntry).join("; ");
}
