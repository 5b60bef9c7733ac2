import type { Card } from "../../../memory/simulate/card.js";
import {
  VK_ERROR_OUT_OF_DEVICE_MEMORY,
  VK_ERROR_TOO_MANY_OBJECTS,
  VK_SUCCESS,
} from "../bindings/generated/constants.js";
import type { BudgetShrinks, Script } from "./script.js";

/** What a card's heaps have handed out, what they report, and what they refuse. */
export class CardHeaps {
  readonly #card: Card;
  readonly #shrinks: BudgetShrinks | null;
  readonly #othersHold: Script["othersHold"] | null;
  readonly #heldBytes: number[];
  #nHeld = 0;
  #nTries = 0;

  constructor(card: Card, { budgetShrinks, othersHold }: Script) {
    this.#card = card;
    this.#shrinks = budgetShrinks ?? null;
    this.#othersHold = othersHold ?? null;
    this.#heldBytes = card.heaps.map(() => 0);
  }

  /** As VK_EXT_memory_budget reports them: usage is what others hold and what was given out here. */
  budgets(): { readonly budgetBytes: number; readonly usageBytes: number }[] {
    return this.#card.heaps.map(({ sizeBytes, budgetBytes }, heap) => ({
      budgetBytes: this.#shrunk(heap)?.budgetBytes ?? budgetBytes ?? sizeBytes,
      usageBytes: this.#othersBytes(heap) + this.#heldBytes[heap]!,
    }));
  }

  /** Takes memory: VK_SUCCESS, or the VkResult of a refusal. */
  take(heap: number, sizeBytes: number): number {
    this.#nTries++;
    const { maxMemoryAllocationCount, maxMemoryAllocationSize } = this.#card.limits;
    if (this.#nHeld >= unlessZero(maxMemoryAllocationCount)) return VK_ERROR_TOO_MANY_OBJECTS;
    if (
      sizeBytes > unlessZero(maxMemoryAllocationSize) ||
      sizeBytes > (this.#card.heaps[heap]!.largestFreeBytes ?? Number.POSITIVE_INFINITY) ||
      sizeBytes > this.#freeBytes(heap)
    )
      return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    this.#heldBytes[heap]! += sizeBytes;
    this.#nHeld++;
    return VK_SUCCESS;
  }

  giveBack(heap: number, sizeBytes: number): void {
    this.#heldBytes[heap]! -= sizeBytes;
    this.#nHeld--;
  }

  /** Memory that others hold cannot be taken. A budget below that is advice, which drivers exceed unless the script forbids it. */
  #freeBytes(heap: number): number {
    const { sizeBytes } = this.#card.heaps[heap]!;
    const usageBytes = this.#othersBytes(heap);
    const shrunk = this.#shrunk(heap);
    const free = sizeBytes - usageBytes - this.#heldBytes[heap]!;
    return shrunk?.refuses ? Math.min(free, shrunk.budgetBytes - usageBytes - this.#heldBytes[heap]!) : free;
  }

  #othersBytes(heap: number): number {
    const change = this.#othersHold;
    if (change?.heap === heap && this.#nTries >= change.afterAllocations) return change.usageBytes;
    return this.#card.heaps[heap]!.usageBytes ?? 0;
  }

  #shrunk(heap: number): BudgetShrinks | null {
    const shrinks = this.#shrinks;
    return shrinks?.heap === heap && this.#nTries >= shrinks.afterAllocations ? shrinks : null;
  }
}

/** Drivers report limits of 0 that have overflowed; such a limit holds for nothing. */
export function unlessZero(limit: number): number {
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}
