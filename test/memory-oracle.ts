import type { MemoryManifest } from "../src/backend/backend.js";
import { type CutLimits, piecesOf } from "../src/backend/vulkan/pieces.js";
import type { MemoryPlan, MemorySnapshot, Piece } from "../src/memory/index.js";
import { roomsOf } from "./memory-rooms.js";

/** What must come of placing pieces on a device. */
export interface Must {
  /** Right verdicts. More than one where free and needed memory differ by less than a piece that is never cut. */
  readonly verdicts: readonly MemoryPlan["verdict"][];
  /** How much may be beyond the device's memory, where it is not refused. */
  readonly leastSpillBytes: number;
  readonly mostSpillBytes: number;
}

const pageBytes = 4096;
const blockEnds = 64 * pageBytes;
/** Uses and labels that share no block. */
const nKinds = 6;
/** What the GPU may read over the bus, but should not. */
const isWanted = ({ use }: Piece) => use !== "upload" && use !== "readBack";
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/**
 * From the rules alone (shared with no code of the planner's): sums of bytes by heap, no blocks and no order. Room counts
 * for less by what may stay empty.
 */
export function whatMustCome(
  snapshot: MemorySnapshot,
  pieces: readonly Piece[],
  alignmentBytes: number,
  maxBlockBytes = 256 << 20,
): Must {
  const { limits } = snapshot;
  const bytesOf = (some: readonly Piece[]) =>
    sum(some.map(({ sizeBytes }) => Math.ceil(sizeBytes / alignmentBytes) * alignmentBytes));
  const needed = bytesOf(pieces);
  const wanted = bytesOf(pieces.filter(isWanted));
  const whole = pieces.filter(({ rows }) => !rows);
  const largest = Math.max(0, ...whole.map((piece) => bytesOf([piece])));

  const rooms = roomsOf(snapshot, maxBlockBytes);
  const inDevice = rooms.filter(({ deviceLocal }) => deviceLocal);
  const inHost = rooms.filter(({ deviceLocal }) => !deviceLocal);
  const deviceWithin = sum(inDevice.map(({ withinBytes }) => withinBytes));
  const hostAtMost = Math.min(sum(inHost.map(({ forAllBytes }) => forAllBytes)), limits.maxHostBytes);
  const inPieces = inHost.some(({ holeBytes }) => holeBytes > 0 && holeBytes < largest);
  const hostWithin = inPieces
    ? 0
    : Math.min(sum(inHost.map(({ withinBytes }) => withinBytes)), limits.maxHostBytes);

  // what may stay empty in a heap: less than a piece that is never cut, the least part of one that may be, ends of blocks
  const leastCut = Math.max(64 << 10, ...pieces.map(({ rows }) => 64 * (rows?.rowBytes ?? 0))) + pageBytes;
  const perHeap = largest + leastCut + blockEnds;
  const staging = Math.min(8 << 20, Math.max(0, ...pieces.map(({ sizeBytes }) => sizeBytes)));
  const used = rooms.filter(({ forAllBytes }) => forAllBytes > 0);
  const slack = used.length * perHeap + staging;
  const deviceSlack = inDevice.filter(({ withinBytes }) => withinBytes > 0).length * perHeap + staging;

  // a piece that is never cut goes into no smaller hole
  const beyond = (hole: number) =>
    bytesOf(whole.filter((piece) => isWanted(piece) && piece.sizeBytes > hole));
  const holes = inDevice.filter(({ withinBytes }) => withinBytes > 0).map(({ holeBytes }) => holeBytes);
  const stuck = beyond(Math.min(...holes));
  const plenty = needed + deviceSlack <= deviceWithin && stuck === 0;
  // of each kind blocks that are at least half full, and a few in each heap; where memory is short, as many as pieces
  const blockBytes = Math.min(...used.map((room) => room.blockBytes), ...holes.map((hole) => hole / 2));
  const nBlocks =
    Math.ceil(needed / (blockBytes / 2)) + (plenty ? nKinds * 2 * used.length : pieces.length + used.length);
  const unhindered = largest <= limits.maxAllocationSizeBytes && nBlocks <= limits.maxAllocationCount;

  const leastSpillBytes = Math.max(0, beyond(Math.max(0, ...holes)), wanted - deviceWithin);
  const surelyWithin = Math.max(0, deviceWithin - deviceSlack - (needed - wanted));
  const shortBytes = stuck + Math.max(0, wanted - stuck - surelyWithin) + blockEnds;
  const mostSpillBytes = !unhindered ? wanted + slack : plenty ? 0 : shortBytes;

  const visible = sum(rooms.map(({ visibleBytes }) => visibleBytes));
  const tooMuch =
    needed - wanted > visible ||
    needed > sum(inDevice.map(({ forAllBytes }) => forAllBytes)) + hostAtMost ||
    leastSpillBytes > hostAtMost ||
    largest > limits.maxAllocationSizeBytes;
  const enough =
    unhindered &&
    needed - wanted + slack <= visible &&
    stuck <= hostWithin &&
    needed + slack <= deviceWithin + hostWithin;
  const verdicts: MemoryPlan["verdict"][] = [];
  if (!tooMuch && leastSpillBytes === 0) verdicts.push("device");
  if (!tooMuch && mostSpillBytes > 0 && inHost.some(({ withinBytes }) => withinBytes > 0))
    verdicts.push("spill");
  if (!enough) verdicts.push("refused");
  return { verdicts, leastSpillBytes, mostSpillBytes };
}

/** Where it isn't known which of several rules hold. */
export function eitherOf(musts: readonly Must[]): Must {
  return {
    verdicts: [...new Set(musts.flatMap(({ verdicts }) => verdicts))],
    leastSpillBytes: Math.min(...musts.map(({ leastSpillBytes }) => leastSpillBytes)),
    mostSpillBytes: Math.max(...musts.map(({ mostSpillBytes }) => mostSpillBytes)),
  };
}

/** What is wrong with the place of something, or null. */
export function wrongOutcome(
  must: Must,
  { verdict, spilledBytes }: Pick<MemoryPlan, "verdict" | "spilledBytes">,
): string | null {
  if (!must.verdicts.includes(verdict)) return `must be ${must.verdicts.join(" or ")}, is ${verdict}`;
  if (verdict !== "spill") return null;
  if (spilledBytes < must.leastSpillBytes) return `spills ${spilledBytes}, less than ${must.leastSpillBytes}`;
  if (spilledBytes > must.mostSpillBytes) return `spills ${spilledBytes}, more than ${must.mostSpillBytes}`;
  return null;
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
    const { budgetBytes = sizeBytes, usageBytes = 0 } = snapshot.budgets?.[heap] ?? {};
    const free = Math.max(0, Math.min(budgetBytes, sizeBytes) - usageBytes);
    const left = free - takenBytes;
    if (left < Math.min(0.05 * sizeBytes, free / 2))
      wrong.push(`of heap ${heap} only ${left} bytes of ${free} stay free`);
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
  const outcome = wrongOutcome(whatMustCome(snapshot, pieces, alignmentBytes), plan);
  return outcome === null ? wrong : [...wrong, outcome];
}
