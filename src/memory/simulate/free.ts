import { WhisperVulkanError } from "../../errors.js";
import { shown } from "../../shown.js";
import { leftBytes } from "../memory-device.js";
import { parseSize } from "../parse-size.js";
import type { CardHeap } from "./card.js";

/** How much of a heap is free. */
export function freeBytes(heap: CardHeap): number {
  return leftBytes(heap.sizeBytes, heap);
}

/** The heap with at most that much free, the rest held by others, so that the card refuses what goes beyond. */
export function leaving(heap: CardHeap, bytes: number): CardHeap {
  const { sizeBytes } = heap;
  return { ...heap, budgetBytes: sizeBytes, usageBytes: sizeBytes - Math.min(Math.max(0, bytes), sizeBytes) };
}

/** Parses "0=512MiB": a heap and what is free in it. Error: option-invalid. */
export function parseFree(text: string): { readonly heap: number; readonly bytes: number } {
  const [, heap, size] = /^\s*(\d+)\s*=(.*)$/s.exec(text) ?? [];
  if (heap === undefined || size === undefined)
    throw new WhisperVulkanError("option-invalid", `--free ${shown(text)} is not HEAP=SIZE`, {
      hint: "Write the heap's number and what is free in it, like --free 0=512MiB.",
    });
  return { heap: Number(heap), bytes: parseSize(size, "--free") };
}
