import { stepTensors } from "../ops/index.js";
import type { Program } from "../ops/program.js";
import { type Tensor, tensorSizeBytes } from "../ops/tensor.js";

/** Where a program's scratch tensors are in the arena that all programs share. */
export interface ScratchPlan {
  /** By tensor name, in bytes from the arena's start. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly sizeBytes: number;
}

/**
 * Places scratch tensors so that two share bytes only if one is last used before the other is first used:
 * largest first, each at the lowest free place.
 */
export function planScratch(program: Program, alignmentBytes: number): ScratchPlan {
  const lives = new Map<string, { tensor: Tensor; sizeBytes: number; first: number; last: number }>();
  program.steps.forEach((step, i) => {
    const { reads, writes } = stepTensors(step);
    for (const tensors of [reads, writes])
      for (const tensor of tensors) {
        if (tensor.role !== "scratch") continue;
        const life = lives.get(tensor.name);
        if (life) {
          life.last = i;
          continue;
        }
        const sizeBytes = Math.ceil(tensorSizeBytes(tensor) / alignmentBytes) * alignmentBytes;
        lives.set(tensor.name, { tensor, sizeBytes, first: i, last: i });
      }
  });
  const placed: { offset: number; end: number; first: number; last: number }[] = [];
  const offsets = new Map<string, number>();
  for (const life of [...lives.values()].sort((a, b) => b.sizeBytes - a.sizeBytes)) {
    const others = placed
      .filter((other) => other.first <= life.last && life.first <= other.last)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const other of others) {
      if (offset + life.sizeBytes <= other.offset) break;
      offset = Math.max(offset, other.end);
    }
    placed.push({ offset, end: offset + life.sizeBytes, first: life.first, last: life.last });
    offsets.set(life.tensor.name, offset);
  }
  return { offsets, sizeBytes: placed.reduce((max, { end }) => Math.max(max, end), 0) };
}
