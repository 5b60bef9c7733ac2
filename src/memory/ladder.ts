import { describeEntry, type Ledger, type LedgerEntry } from "./ledger.js";
import { type DeviceMemory, type MemoryDevice, type MemoryType, memoryFlags } from "./memory-device.js";

/** What memory is for decides the order in which kinds of memory are tried. */
export type Purpose = "device" | "input" | "output";

interface Rung {
  readonly name: string;
  readonly required: number;
  readonly forbidden: number;
}

const { deviceLocal, hostVisible, hostCached, hostCoherent } = memoryFlags;
const both: Rung = { name: "HOST_VISIBLE|DEVICE_LOCAL", required: hostVisible | deviceLocal, forbidden: 0 };
const local: Rung = { name: "DEVICE_LOCAL", required: deviceLocal, forbidden: hostVisible };
const host: Rung = { name: "HOST_VISIBLE", required: hostVisible, forbidden: deviceLocal };
const cached: Rung = { name: "HOST_VISIBLE|HOST_CACHED", required: hostVisible | hostCached, forbidden: 0 };
const visible: Rung = { name: "HOST_VISIBLE", required: hostVisible, forbidden: 0 };

/**
 * device: the host writes straight into VRAM; else VRAM through staging copies; else the GPU reads over the bus.
 * input: small, written by the host before every run. output: small, read by the host after every run.
 */
const ladders: Readonly<Record<Purpose, readonly Rung[]>> = {
  device: [both, local, host],
  input: [both, host],
  output: [cached, visible],
};

const neverPicked =
  memoryFlags.lazilyAllocated |
  memoryFlags.protected |
  memoryFlags.deviceCoherentAmd |
  memoryFlags.deviceUncachedAmd;

export interface Claim {
  readonly purpose: Purpose;
  /** For the ledger: "weights". */
  readonly label: string;
  /** What would be best, and the least that is of any use: a refused size is halved down to that. */
  readonly sizeBytes: number;
  readonly leastBytes: number;
}

/**
 * Climbs down the ladder until something is got: per rung every fitting type, per type the size wanted, then
 * half of it, and so on. What the driver's budget speaks against is put off: it is tried only when everything
 * else has refused. Returns null when all refuse; every try is in the ledger. Throws only when the device is lost.
 */
export function climb<M extends DeviceMemory>(
  device: MemoryDevice<M>,
  claim: Claim,
  ledger: Ledger,
  /** Bytes this process already holds in heaps that are not device-local. */
  hostBytesHeld: number,
): M | null {
  for (const heedBudget of [true, false]) {
    let putOff = false;
    for (const rung of ladders[claim.purpose]) {
      const types = typesOf(device, rung);
      if (types.length === 0 && heedBudget)
        ledger.add({
          ...entryFor(device, claim, rung, null, claim.sizeBytes),
          reason: "no such memory type",
        });
      for (const type of types) {
        for (const sizeBytes of sizesOf(claim)) {
          const entry = entryFor(device, claim, rung, type, sizeBytes);
          const reason = ruleAgainst(device, claim, rung, entry, hostBytesHeld);
          const overBudget = entry.leftBytes !== null && sizeBytes > entry.leftBytes;
          if (!heedBudget && (reason !== null || !overBudget)) continue; // dealt with in the first round
          if (reason !== null || (heedBudget && overBudget)) {
            putOff ||= reason === null;
            ledger.add({ ...entry, reason: reason ?? "more than the heap's budget has left" });
            continue;
          }
          const memory = device.allocate(type, sizeBytes);
          if (!("refused" in memory)) {
            ledger.add({ ...entry, outcome: "allocated" });
            return memory;
          }
          ledger.add({ ...entry, outcome: "refused", reason: memory.refused });
        }
      }
    }
    if (!putOff) break;
  }
  return null;
}

/** Types of a rung that may be picked: coherent ones first, else in the driver's order, which is by speed. */
function typesOf(device: MemoryDevice, rung: Rung): number[] {
  return device.types
    .map((type, index) => ({ ...type, index }))
    .filter(({ index }) => (device.usableTypes & (1 << index)) !== 0)
    .filter(
      ({ flags }) =>
        (flags & rung.required) === rung.required && (flags & (rung.forbidden | neverPicked)) === 0,
    )
    .sort((a, b) => incoherence(a) - incoherence(b) || a.index - b.index)
    .map(({ index }) => index);
}

function incoherence({ flags }: MemoryType): number {
  return flags & hostVisible && !(flags & hostCoherent) ? 1 : 0;
}

/** The size wanted and its halves, down to the least of use; whole pages so that halves stay aligned. */
function sizesOf({ sizeBytes, leastBytes }: Claim): number[] {
  const sizes = [sizeBytes];
  for (let half = sizeBytes / 2; half >= leastBytes && half >= 4096; half /= 2)
    sizes.push(Math.ceil(half / 4096) * 4096);
  if (sizes.at(-1)! > leastBytes && sizes.length > 1) sizes.push(leastBytes);
  return sizes;
}

function ruleAgainst(
  device: MemoryDevice,
  { purpose }: Claim,
  rung: Rung,
  { sizeBytes, heapSizeBytes, heap }: LedgerEntry,
  hostBytesHeld: number,
): string | null {
  if (sizeBytes > device.limits.maxAllocationSizeBytes) return "more than maxMemoryAllocationSize";
  if (sizeBytes > heapSizeBytes!) return "more than the whole heap";
  const largest = Math.max(...device.heaps.map((h) => (h.deviceLocal ? h.sizeBytes : 0)));
  if (purpose === "device" && rung === both && heapSizeBytes! < largest / 2)
    return "the visible part of VRAM is small: left for staging and small buffers";
  if (!device.heaps[heap!]!.deviceLocal && hostBytesHeld + sizeBytes > device.limits.maxHostBytes)
    return "more than half of the host's memory";
  return null;
}

function entryFor(
  device: MemoryDevice,
  claim: Claim,
  rung: Rung,
  type: number | null,
  sizeBytes: number,
): LedgerEntry {
  const heap = type === null ? null : device.types[type]!.heap;
  const heapSizeBytes = heap === null ? null : device.heaps[heap]!.sizeBytes;
  return {
    purpose: claim.label,
    rung: rung.name,
    sizeBytes,
    type,
    flags: type === null ? null : device.types[type]!.flags,
    heap,
    heapSizeBytes,
    leftBytes: heap === null ? null : leftIn(device, heap, heapSizeBytes!),
    outcome: "skipped",
    reason: "",
  };
}

/** Budget minus usage; drivers report budgets above the heap and usages above the budget, so all is clamped. */
function leftIn(device: MemoryDevice, heap: number, heapSizeBytes: number): number | null {
  const budget = device.budget()?.[heap];
  if (!budget) return null;
  const budgetBytes = Math.min(budget.budgetBytes, heapSizeBytes);
  return budgetBytes - Math.min(budget.usageBytes, budgetBytes);
}

/** The ledger's tail in words, for an error. */
export function lastTries(ledger: Ledger, n = 8): string {
  return ledger.entries.slice(-n).map(describeEntry).join("; ");
}
