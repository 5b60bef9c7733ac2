/** One try to get memory, or the reason there was none. */
export interface LedgerEntry {
  /** What it was for: "weights". */
  readonly purpose: string;
  /** "HOST_VISIBLE|DEVICE_LOCAL", the rung of the ladder. */
  readonly rung: string;
  readonly sizeBytes: number;
  /** Null where a rung has no memory type at all. */
  readonly type: number | null;
  readonly flags: number | null;
  readonly heap: number | null;
  readonly heapSizeBytes: number | null;
  /** What the driver said was left in the heap, if it says. */
  readonly leftBytes: number | null;
  readonly outcome: "allocated" | "refused" | "skipped";
  /** The driver's code for a refusal, the rule for a skip, "" for an allocation. */
  readonly reason: string;
}

/** The record of every try, skip and refusal; the oldest give way when there are very many. */
export class Ledger {
  readonly #capacity: number;
  readonly #entries: LedgerEntry[] = [];
  #dropped = 0;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  add(entry: LedgerEntry): void {
    if (this.#entries.length === this.#capacity) {
      this.#entries.shift();
      this.#dropped++;
    }
    this.#entries.push(entry);
  }

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** How many entries gave way. */
  get dropped(): number {
    return this.#dropped;
  }
}

/** One line for people. */
export function describeEntry(entry: LedgerEntry): string {
  const where = entry.type === null ? entry.rung : `${entry.rung}, type ${entry.type}, heap ${entry.heap}`;
  const left = entry.leftBytes === null ? "" : `, ${megabytes(entry.leftBytes)} left`;
  const reason = entry.reason === "" ? "" : `: ${entry.reason}`;
  return `${entry.outcome} ${megabytes(entry.sizeBytes)} for ${entry.purpose} (${where}${left})${reason}`;
}

function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${bytes} bytes` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
