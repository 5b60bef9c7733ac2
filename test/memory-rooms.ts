import type { MemorySnapshot } from "../src/memory/index.js";

/** How much a heap may hold, by the rules for taking memory. */
export interface Room {
  readonly deviceLocal: boolean;
  /** Of what the GPU reads all the time: within its budget less the headroom. */
  readonly withinBytes: number;
  /** Of anything, small buffers too. */
  readonly forAllBytes: number;
  /** Of what the host reads and writes. */
  readonly visibleBytes: number;
  /** The largest piece at once. */
  readonly holeBytes: number;
  /** Blocks come to at most so much. */
  readonly blockBytes: number;
}

export function roomsOf(snapshot: MemorySnapshot, maxBlockBytes: number): Room[] {
  const { heaps, budgets, usableTypes } = snapshot;
  const types = snapshot.types.filter(
    ({ flags }, t) => Math.floor(usableTypes / 2 ** t) % 2 === 1 && !(flags & 0xf0),
  );
  const vram = Math.max(0, ...heaps.map((heap) => (heap.deviceLocal ? heap.sizeBytes : 0)));
  return heaps.map(({ sizeBytes, deviceLocal }, i) => {
    const flags = types.filter((type) => type.heap === i).map((type) => type.flags);
    const budget = Math.min(budgets?.[i]?.budgetBytes ?? sizeBytes, sizeBytes);
    const usage = budgets?.[i]?.usageBytes ?? 0;
    const free = Math.max(0, budget - usage);
    const within = Math.floor(free - Math.min(0.05 * sizeBytes, free / 2));
    // a small heap that the host sees is not for what stays in VRAM
    const spared = sizeBytes < vram / 2 && !flags.some((f) => (f & 3) === 1);
    const usable = deviceLocal ? flags.some((f) => f & 1) && !spared : flags.some((f) => f & 2);
    return {
      deviceLocal,
      withinBytes: usable ? within : 0,
      forAllBytes: flags.some((f) => f & 3) ? within : 0,
      visibleBytes: flags.some((f) => f & 2) ? within : 0,
      holeBytes: usable ? (snapshot.largestFreeBytes?.[i] ?? Number.POSITIVE_INFINITY) : 0,
      blockBytes: Math.min(maxBlockBytes, sizeBytes <= 2 ** 30 ? sizeBytes / 8 : Number.POSITIVE_INFINITY),
    };
  });
}
