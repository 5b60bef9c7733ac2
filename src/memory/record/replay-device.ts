import type { DeviceMemory, HeapBudget, MemoryDevice, Refusal } from "../memory-device.js";
import type { Answer, DeviceResponses, MemoryReport } from "./report.js";
import { roomBytes, speaksAgainst } from "./room.js";

/** Far above what any device serves well: so that no file keeps a replay busy forever. */
const mostAllocations = 10_000;

/**
 * A device without hardware that reports and answers, request by request, as the recorded one did. If asked for
 * something that was not recorded, because the file was edited, it uses what is known of that time: a refused size means
 * that anything as large is refused, as long as no less is held; a granted size means that anything as small is granted; otherwise the heap's
 * room decides.
 */
export class ReplayDevice implements MemoryDevice {
  readonly heaps;
  readonly types;
  readonly usableTypes;
  readonly limits;
  readonly #heldBytes: number[];
  #responses: DeviceResponses | null = null;
  /** When the request came, per heap. */
  #heldBefore: readonly number[] = [];
  /** Held now. */
  #nAllocations = 0;
  /** Asked for in this request. */
  #nAsked = 0;

  constructor({ card, memory }: Pick<MemoryReport, "card" | "memory">) {
    this.heaps = card.heaps.map(({ sizeBytes, deviceLocal }) => ({ sizeBytes, deviceLocal }));
    this.types = card.types;
    this.usableTypes = memory.usableTypes;
    const { maxAllocationSizeBytes, maxAllocationCount, maxHostBytes } = memory;
    const none = Number.POSITIVE_INFINITY;
    this.limits = {
      ...{ maxAllocationSizeBytes: maxAllocationSizeBytes ?? none, maxAllocationCount },
      maxHostBytes: maxHostBytes ?? none,
    };
    this.#heldBytes = this.heaps.map(() => 0);
  }

  /** Sets the device to its state at that time. */
  enter(responses: DeviceResponses): void {
    this.#responses = responses;
    this.#nAsked = 0;
    this.#heldBefore = [...this.#heldBytes];
  }

  /** As recorded; where we hold more or less than we did then, usage is that much more or less. */
  budget(): readonly HeapBudget[] | null {
    const budgets = this.#responses?.budgets?.map((budget, heap) => ({
      ...budget,
      usageBytes: this.#usageBytes(heap),
    }));
    return budgets ?? null;
  }

  allocate(type: number, sizeBytes: number): DeviceMemory | Refusal {
    const { heap } = this.types[type]!;
    const { refusals = [], given = [] } = this.#responses ?? {};
    const held = this.#heldBytes[heap]!;
    const asked = { nth: this.#nAsked++, type, sizeBytes, heldBytes: held };
    const isThis = (answer: Answer) => speaksAgainst(answer, asked) && speaksAgainst(asked, answer);
    const wasGiven = given.some((answer) => answer.nth === asked.nth && isThis(answer));
    const refusal =
      refusals.find((answer) => answer.nth === asked.nth && isThis(answer)) ??
      refusals.find((answer) => speaksAgainst(answer, asked));
    if (refusal && !wasGiven) return { refused: refusal.reason };
    const room = roomBytes(
      this.heaps[heap]!.sizeBytes,
      this.#usageBytes(heap),
      held - this.#heldBefore[heap]!,
    );
    if (sizeBytes > room && !given.some((answer) => speaksAgainst(asked, answer)))
      return { refused: "the heap is full" };
    if (this.#nAllocations >= mostAllocations) return { refused: "more allocations than a replay makes" };
    this.#heldBytes[heap]! += sizeBytes;
    this.#nAllocations++;
    const unreachable = () => {
      throw new Error("a replay has no real memory");
    };
    return {
      ...{ sizeBytes, type, write: unreachable, read: unreachable },
      free: () => {
        this.#heldBytes[heap]! -= sizeBytes;
        this.#nAllocations--;
      },
    };
  }

  /** Usage when the request came: that of others as recorded, plus ours. */
  #usageBytes(heap: number): number {
    const { budgets, heldBytes } = this.#responses!;
    const before = this.#heldBefore[heap]!;
    const usageBytes = budgets?.[heap]?.usageBytes;
    return usageBytes === undefined ? before : Math.max(0, usageBytes + before - heldBytes[heap]!);
  }
}
