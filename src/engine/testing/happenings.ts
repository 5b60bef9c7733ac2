import type { Script } from "../../backend/vulkan/simulate/index.js";
import type { MemorySnapshot } from "../../memory/index.js";
import {
  type Card,
  freeBytes,
  snapshotOf,
  type Variation,
  variations,
  vary,
} from "../../memory/simulate/index.js";

/** Events that have happened to a card, or happen while it is used. */
export interface Happening {
  readonly card: Card;
  readonly script: Script;
  /** The rules for one of these hold. */
  readonly by: readonly MemorySnapshot[];
}

/**
 * Makes something happen to a card. small: the card in the size of the matrix; nBlocks: allocations that the model takes on
 * the small one as it is.
 */
export type Happens = (card: Card, small: (card: Card) => Card, nBlocks: number) => Happening;

/** The codes that drivers report a refusal as. */
export const refusalCodes = {
  "out-of-device-memory": -2,
  "out-of-host-memory": -1,
  "validation-failed": -1000011001,
  unknown: -13,
} as const;

/** The columns of the matrix that are data. */
export const changes = variations.map((variation): [Variation, Happens] => [variation, varied(variation)]);

/** Those that are scripts. */
export const events: readonly (readonly [string, Happens])[] = [
  ["shrinks-while-loading", (card, small) => shrinks(card, small, 2, true)],
  ["shrinks-after-loading", (card, small, nBlocks) => shrinks(card, small, nBlocks, false)],
  ...(["out-of-host-memory", "validation-failed", "unknown"] as const).map((name): [string, Happens] => [
    `2nd-${name}`,
    refusedOnce(1, refusalCodes[name]),
  ]),
  ["all-refused", (card, small) => allRefused(small(card))],
];

function varied(variation: Variation): Happens {
  return (card, small) => {
    const changed = small(vary(card, variation));
    return { card: changed, script: {}, by: rulesFor(changed) };
  };
}

/**
 * Where a driver reports no budgets, only its refusals show what others hold: then everything that they leave may be taken, as long
 * as 5 % of the heap don't count as ours.
 */
export function rulesFor(card: Card): MemorySnapshot[] {
  const snapshot = snapshotOf(card);
  if (!snapshot.budgets || card.extensions?.includes("VK_EXT_memory_budget")) return [snapshot];
  const budgets = card.heaps.map((heap) => {
    const unused = freeBytes(heap);
    const seemsFree = Math.min(heap.sizeBytes, Math.ceil(unused + Math.min(unused, 0.05 * heap.sizeBytes)));
    return { budgetBytes: heap.sizeBytes, usageBytes: heap.sizeBytes - seemsFree };
  });
  return [snapshot, { ...snapshot, budgets }];
}

/** Others take the largest heap of the device until 64 MiB are left. */
function shrinks(
  card: Card,
  small: (card: Card) => Card,
  afterAllocations: number,
  refuses: boolean,
): Happening {
  const before = small(card);
  const after = small(vary(card, "64-mib-free"));
  const sizes = before.heaps.map(({ sizeBytes, deviceLocal }) => (deviceLocal ? sizeBytes : -1));
  const heap = sizes.indexOf(Math.max(...sizes));
  const budgetBytes = (before.heaps[heap]!.usageBytes ?? 0) + freeBytes(after.heaps[heap]!);
  const shrunk = { ...before, heaps: before.heaps.map((h, i) => (i === heap ? after.heaps[heap]! : h)) };
  return {
    card: before,
    script: { budgetShrinks: { afterAllocations, heap, budgetBytes, refuses } },
    by: refuses ? [snapshotOf(before), snapshotOf(shrunk)] : [snapshotOf(before)],
  };
}

/** A refusal says that a type has no more of that size: at worst it has nothing more at all. */
export function refusedOnce(nth: number, code: number): Happens {
  return (full, small) => {
    const card = small(full);
    const whole = snapshotOf(card);
    const without = card.types.map((_, t) => ({ ...whole, usableTypes: whole.usableTypes - 2 ** t }));
    return { card, script: { refuseNth: nth, refuseCode: code }, by: [whole, ...without] };
  };
}

function allRefused(card: Card): Happening {
  const fail = { call: "vkAllocateMemory", nth: 0, code: -2, always: true };
  return { card, script: { fail }, by: [{ ...snapshotOf(card), usableTypes: 0 }] };
}
