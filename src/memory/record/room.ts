import type { Answer } from "./report.js";

/** What a heap has room for: its size less what was in use, ours with it, and what was taken since. */
export function roomBytes(heapSizeBytes: number, usageBytes: number, takenSinceBytes: number): number {
  return heapSizeBytes - Math.min(usageBytes, heapSizeBytes) - takenSinceBytes;
}

/** A refused size means that anything as large is refused, as long as no less is held. */
export function speaksAgainst(
  refusal: Omit<Answer, "nth">,
  { type, sizeBytes, heldBytes }: Omit<Answer, "nth">,
): boolean {
  return refusal.type === type && refusal.sizeBytes <= sizeBytes && refusal.heldBytes <= heldBytes;
}
