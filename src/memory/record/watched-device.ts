import type { DeviceMemory, HeapBudget, MemoryDevice, Refusal } from "../memory-device.js";
import type { Answer } from "./report.js";
import { roomBytes } from "./room.js";

/** Where a watched device's answers are written down. */
export interface Listener {
  budgets: readonly HeapBudget[] | null;
  readonly heldBytes: readonly number[];
  readonly refusals: (Answer & { readonly reason: string })[];
  readonly overcommits: Answer[];
}

/** A device that somebody listens to. */
export class WatchedDevice<M extends DeviceMemory> implements MemoryDevice<M> {
  readonly heaps;
  readonly types;
  readonly usableTypes;
  readonly limits;
  listener: Listener | null = null;
  /** Per heap what is held now. */
  heldBytes: () => readonly number[] = () => this.heaps.map(() => 0);
  readonly #device: MemoryDevice<M>;

  constructor(device: MemoryDevice<M>) {
    this.#device = device;
    this.heaps = device.heaps;
    this.types = device.types;
    this.usableTypes = device.usableTypes;
    this.limits = device.limits;
  }

  budget(): readonly HeapBudget[] | null {
    const budgets = this.#device.budget();
    if (this.listener) this.listener.budgets = budgets;
    return budgets;
  }

  allocate(type: number, sizeBytes: number, priority: number): M | Refusal {
    const memory = this.#device.allocate(type, sizeBytes, priority);
    if (!this.listener) return memory;
    const { heap } = this.types[type]!;
    const { budgets, heldBytes, refusals, overcommits } = this.listener;
    const held = this.heldBytes()[heap]!;
    const answer = { type, sizeBytes, heldBytes: held };
    const usageBytes = budgets?.[heap]?.usageBytes ?? heldBytes[heap]!;
    if ("refused" in memory) refusals.push({ ...answer, reason: memory.refused });
    else if (sizeBytes > roomBytes(this.heaps[heap]!.sizeBytes, usageBytes, held - heldBytes[heap]!))
      overcommits.push(answer);
    return memory;
  }
}
