import type { DeviceMemory, HeapBudget, MemoryDevice, Refusal } from "../memory-device.js";
import type { Answer } from "./report.js";
import { roomBytes, speaksAgainst } from "./room.js";

/** Records a watched device's answers. */
export interface Listener {
  budgets: readonly HeapBudget[] | null;
  readonly heldBytes: readonly number[];
  readonly refusals: (Answer & { readonly reason: string })[];
  readonly given: Answer[];
}

/** A device whose answers are recorded. */
export class WatchedDevice<M extends DeviceMemory> implements MemoryDevice<M> {
  readonly heaps;
  readonly types;
  readonly usableTypes;
  readonly limits;
  /** Per heap what is held now. */
  heldBytes: () => readonly number[] = () => this.heaps.map(() => 0);
  readonly #device: MemoryDevice<M>;
  #listener: Listener | null = null;
  #nAllocations = 0;
  /** Sizes that were granted as expected. */
  #expected: Answer[] = [];

  constructor(device: MemoryDevice<M>) {
    this.#device = device;
    this.heaps = device.heaps;
    this.types = device.types;
    this.usableTypes = device.usableTypes;
    this.limits = device.limits;
  }

  /** Records while one request is served; null stops recording. */
  listen(listener: Listener | null): void {
    this.#listener = listener;
    this.#nAllocations = 0;
    this.#expected = [];
  }

  budget(): readonly HeapBudget[] | null {
    const budgets = this.#device.budget();
    if (this.#listener) this.#listener.budgets = budgets;
    return budgets;
  }

  allocate(type: number, sizeBytes: number, priority: number): M | Refusal {
    const memory = this.#device.allocate(type, sizeBytes, priority);
    if (!this.#listener) return memory;
    const { heap } = this.types[type]!;
    const { budgets, heldBytes, refusals, given } = this.#listener;
    const held = this.heldBytes()[heap]!;
    const answer = { nth: this.#nAllocations++, type, sizeBytes, heldBytes: held };
    const usageBytes = budgets?.[heap]?.usageBytes ?? heldBytes[heap]!;
    if ("refused" in memory) {
      const refusal = { ...answer, reason: memory.refused };
      refusals.push(refusal);
      given.push(...this.#expected.filter((earlier) => speaksAgainst(refusal, earlier)));
      this.#expected = this.#expected.filter((earlier) => !speaksAgainst(refusal, earlier));
    } else if (
      sizeBytes > roomBytes(this.heaps[heap]!.sizeBytes, usageBytes, held - heldBytes[heap]!) ||
      refusals.some((refusal) => speaksAgainst(refusal, answer))
    )
      given.push(answer);
    else this.#expected.push(answer);
    return memory;
  }
}
