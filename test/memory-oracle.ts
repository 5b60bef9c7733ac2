import type { MemoryManifest } from "../src/backend/backend.js";
import { type CutLimits, piecesOf } from "../src/backend/vulkan/pieces.js";
import type { MemoryPlan, MemorySnapshot, Piece } from "../src/memory/index.js";

/**
 * What must come of placing pieces, from the rules alone (shared with no code of the planner's): sums, no blocks. Where
 * what is free comes within a piece that is never cut of what is needed, either answer is right.
 */
function oracle(snapshot: MemorySnapshot, pieces: readonly Piece[], alignmentBytes: number) {
  const { heaps, types, limits, budgets } = snapshot;
  const pageBytes = 4096;
  const sizes = pieces.map(({ sizeBytes }) => Math.ceil(sizeBytes / alignmentBytes) * alignmentBytes);
  const needed = sizes.reduce((a, b) => a + b, 0);
  // what may be cut goes anywhere, down to parts of 1 MiB
  const largest = Math.max(...sizes.filter((_, i) => !pieces[i]!.rows));
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
  const slack = heaps.length * (largest + (1 << 20) + 64 * pageBytes) + (8 << 20);
  const piecesFit = largest <= limits.maxAllocationSizeBytes;
  const holes = heaps.map((_, i) => snapshot.largestFreeBytes?.[i] ?? Number.POSITIVE_INFINITY);
  const holesFit = holes.every((bytes) => largest <= bytes);
  const nBlocks = pieces.length + heaps.length + Math.ceil(needed / (Math.min(...holes) / 2));
  const enoughBlocks = limits.maxAllocationCount >= nBlocks;
  return {
    needed,
    mustBeDevice: piecesFit && holesFit && enoughBlocks && needed + slack <= sum(device),
    mustNotBeRefused:
      piecesFit && enoughBlocks && needed + slack <= (holesFit ? sum(device) : 0) + hostAtMost,
    mustSpill: needed > sum(heaps.map(({ deviceLocal }, i) => (deviceLocal ? free[i]! : 0))) + slack,
    mustBeRefused: needed > sum(heaps.map((_, i) => heaps[i]!.sizeBytes)),
  };
}

/** What is wrong with a plan: limits not kept, pieces out of place, a verdict other than the oracle's. */
export function disagreements(
  plan: MemoryPlan,
  manifest: MemoryManifest,
  snapshot: MemorySnapshot,
  cut: CutLimits,
  alignmentBytes: number,
): string[] {
  const wrong: string[] = [];
  const { maxAllocationCount, maxAllocationSizeBytes } = snapshot.limits;
  if (plan.blocks.length > maxAllocationCount) wrong.push("too many allocations");
  plan.heaps.forEach(({ sizeBytes, takenBytes }, heap) => {
    if (takenBytes > sizeBytes) wrong.push(`heap ${heap} holds more than it has`);
  });
  for (const { sizeBytes, flags, pieces } of plan.blocks) {
    if (sizeBytes > maxAllocationSizeBytes) wrong.push("a block beyond maxMemoryAllocationSize");
    if (flags & 0xf0) wrong.push(`a type of flags ${flags}`);
    for (const piece of pieces)
      if (piece.offsetBytes % alignmentBytes !== 0 || piece.offsetBytes + piece.sizeBytes > sizeBytes)
        wrong.push("a piece out of place");
  }
  let pieces: readonly Piece[];
  try {
    pieces = piecesOf(manifest, cut);
  } catch {
    return plan.verdict === "refused" ? wrong : [...wrong, "planned although it can't be bound"];
  }
  const must = oracle(snapshot, pieces, alignmentBytes);
  if (must.mustBeDevice && plan.verdict !== "device")
    wrong.push(`must lie in the device's memory, is ${plan.verdict}`);
  if (must.mustNotBeRefused && plan.verdict === "refused") wrong.push("must not be refused");
  if (must.mustSpill && plan.verdict === "device") wrong.push("lies in more device memory than there is");
  if (must.mustBeRefused && plan.verdict !== "refused") wrong.push("lies in more memory than there is");
  return wrong;
}
