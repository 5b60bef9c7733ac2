import { Allocator, MemoryRefusedError, type Placement } from "../allocator.js";
import { Ledger } from "../ledger.js";
import type { DeviceMemory } from "../memory-device.js";
import { type MemoryPlan, planOf } from "../plan.js";
import { type MemorySnapshot, takeSnapshot } from "../snapshot.js";
import { ReplayDevice } from "./replay-device.js";
import type { MemoryReport, RecordedRequest } from "./report.js";

/** The result of one request. */
export interface ReplayedRequest {
  readonly ask: "place" | "promote";
  /** Milliseconds since recording began. */
  readonly atMs: number;
  /** For people: "weights, caches". */
  readonly what: string;
  /** Where it is, with the record of this request alone; null: promotion found no room, or nothing to promote. */
  readonly plan: MemoryPlan | null;
}

/** What an allocator decides for the requests of a report. */
export interface MemoryReplay {
  readonly requests: readonly ReplayedRequest[];
  /** The memory held after the last request, for all requests; refused if that request was. record: of all requests. */
  readonly plan: MemoryPlan;
}

interface Live {
  readonly placement: Placement<DeviceMemory>;
  readonly what: string;
  /** Before it was placed. */
  readonly snapshot: MemorySnapshot;
}

/** Replays a report with the code that allocates. The same report always gives the same result. Takes no device memory. */
export function replay(report: MemoryReport): MemoryReplay {
  const { memory, requests, bandwidth } = report;
  const device = new ReplayDevice(report);
  const ledger = new Ledger();
  const { alignmentBytes, maxBlockBytes } = memory;
  const rules = { vramLimitBytes: memory.vramLimitBytes ?? Number.POSITIVE_INFINITY };
  const allocator = new Allocator(device, ledger, { alignmentBytes, maxBlockBytes, ...rules });
  const live = new Map<number, Live>();
  const replayed: ReplayedRequest[] = [];
  const last = requests.findLastIndex(({ ask }) => ask !== "free");
  let plan: MemoryPlan | null = null;
  requests.forEach((request, index) => {
    if (request.ask === "free") {
      live.get(request.placement)?.placement.free();
      live.delete(request.placement);
      return;
    }
    device.enter(request);
    const snapshot = takeSnapshot(device);
    const nBefore = ledger.dropped + ledger.entries.length;
    const { what, came } = serve(allocator, live, request, snapshot);
    const record = ledger.entries.slice(Math.max(0, nBefore - ledger.dropped));
    const own = (outcome: Placement<DeviceMemory> | MemoryRefusedError) =>
      planOf(
        { ...snapshot, bandwidth },
        outcome instanceof MemoryRefusedError ? outcome : [outcome],
        ledger,
        rules,
      );
    replayed.push({
      ...{ ask: request.ask, atMs: request.atMs, what },
      plan: came === null ? null : { ...own(came), record },
    });
    if (index < last) return;
    const all =
      came instanceof MemoryRefusedError ? came : [...live.values()].map(({ placement }) => placement);
    const first = live.values().next().value?.snapshot ?? snapshot;
    plan = planOf({ ...first, bandwidth }, all, ledger, rules);
  });
  return { requests: replayed, plan: plan! };
}

/** came: its result; null where nothing was promoted. */
function serve(
  allocator: Allocator<DeviceMemory>,
  live: Map<number, Live>,
  request: Extract<RecordedRequest, { ask: "place" | "promote" }>,
  snapshot: MemorySnapshot,
): { what: string; came: Placement<DeviceMemory> | MemoryRefusedError | null } {
  if (request.ask === "place") {
    const what = [...new Set(request.pieces.map(({ label }) => label))].join(", ");
    const came = placedOrRefused(allocator, request.pieces);
    if (!(came instanceof MemoryRefusedError))
      live.set(request.placement, { placement: came, what, snapshot });
    return { what, came };
  }
  const known = live.get(request.placement);
  const promotion = known && allocator.promote(known.placement);
  if (!promotion) return { what: known?.what ?? "what was refused before", came: null };
  // where there was no room then, but is now, nothing speaks against it
  if (request.end?.kept ?? true) promotion.keep();
  else promotion.undo(request.end!.reason);
  return { what: known.what, came: known.placement };
}

function placedOrRefused(allocator: Allocator<DeviceMemory>, pieces: Parameters<typeof allocator.place>[0]) {
  try {
    return allocator.place(pieces);
  } catch (error) {
    if (error instanceof MemoryRefusedError) return error;
    throw error;
  }
}
