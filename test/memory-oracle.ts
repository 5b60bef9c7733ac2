import type { MemorySnapshot, Piece } from "../src/memory/index.js";

/**
 * What must come of placing pieces, from the rules alone (shared with no code of the planner's): sums, no blocks. Where
 * what is free comes within a piece of what is needed, either answer is right, since pieces are not cut to fill a heap.
 */
export function oracle(snapshot: MemorySnapshot, pieces: readonly Piece[], alignmentBytes: number) {
  const { heaps, types, limits, budgets } = snapshot;
  const pageBytes = 4096;
  const sizes = pieces.map(({ sizeBytes }) => Math.ceil(sizeBytes / alignmentBytes) * alignmentBytes);
  const needed = sizes.reduce((a, b) => a + b, 0);
  const largest = Math.max(...sizes);
  const free = heaps.map(({ sizeBytes }, i) => {
    const budget = Math.min(budgets?.[i]?.budgetBytes ?? sizeBytes, sizeBytes);
    return Math.max(0, budget - Math.min(budgets?.[i]?.usageBytes ?? 0, budget));
  });
  const usable = (i: number, flags: number) =>
    types.some((t) => t.heap === i && (t.flags & 0xf0) === 0 && (t.flags & flags) === flags);
  const vram = Math.max(0, ...heaps.map((heap) => (heap.deviceLocal ? heap.sizeBytes : 0)));
  const only = (i: number) => types.some((t) => t.heap === i && (t.flags & 0xf3) === 1);
  const headroom = heaps.map(({ sizeBytes }, i) => Math.min(0.05 * sizeBytes, free[i]! / 2));
  // a small heap that the host sees is not for what stays in VRAM
  const device = heaps.map(({ sizeBytes, deviceLocal }, i) =>
    deviceLocal && usable(i, 1) && (sizeBytes >= vram / 2 || only(i)) ? free[i]! - headroom[i]! : 0,
  );
  const host = heaps.map(({ deviceLocal }, i) =>
    !deviceLocal && usable(i, 2) ? free[i]! - headroom[i]! : 0,
  );
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const hostAtMost = Math.min(sum(host), limits.maxHostBytes);
  // per heap a piece that no longer fits, and the end of a page a block
  const slack = heaps.length * (largest + 64 * pageBytes) + (16 << 20);
  const piecesFit = largest <= limits.maxAllocationSizeBytes;
  const enoughBlocks = limits.maxAllocationCount >= pieces.length + heaps.length;
  return {
    needed,
    mustBeDevice: piecesFit && enoughBlocks && needed + slack <= sum(device),
    mustNotBeRefused: piecesFit && enoughBlocks && needed + slack <= sum(device) + hostAtMost,
    mustSpill: needed > sum(heaps.map(({ deviceLocal }, i) => (deviceLocal ? free[i]! : 0))) + slack,
    mustBeRefused: needed > sum(heaps.map((_, i) => heaps[i]!.sizeBytes)),
  };
}
