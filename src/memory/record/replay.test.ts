import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MockDevice, type MockLayout } from "../../../test/mock-memory.js";
import {
  type DeviceMemory,
  estimatedPrices,
  Ledger,
  type LedgerRecord,
  MemoryRefusedError,
  type Piece,
  type Placement,
  rowsKey,
  type Use,
} from "../index.js";
import { type Card, cardFrom } from "../simulate/index.js";
import { type MemoryReport, RecordingAllocator, readReport, replay, reportFormat } from "./index.js";

const MiB = 2 ** 20;
const uses: readonly Use[] = ["hotWeights", "coldWeights", "caches", "scratch", "upload", "readBack"];

function cardOf({ heaps, types }: MockLayout): Card {
  return cardFrom({
    name: "mock",
    device: { name: "Mock", type: "discrete", vendorId: 0, driver: "none", apiVersion: [1, 3] },
    heaps: heaps.map(([sizeBytes, deviceLocal]) => ({ sizeBytes, deviceLocal })),
    types: types.map(([flags, heap]) => ({ flags, heap })),
    limits: {},
    features: null,
    extensions: null,
  });
}

/** Through the file and back. */
function written(allocator: RecordingAllocator<DeviceMemory>, layout: MockLayout): MemoryReport {
  const report: MemoryReport = {
    ...{ format: reportFormat, version: 1 },
    versions: { package: "0", node: "0", os: "none", architecture: "none" },
    ...{ card: cardOf(layout), prices: estimatedPrices },
    ...allocator.record()!,
  };
  return readReport(JSON.parse(JSON.stringify(report)), "report.json");
}

function lying(placements: readonly (Placement<DeviceMemory> | null)[]) {
  return placements.flatMap((placement) =>
    (placement?.blocks ?? []).map(({ memory, use, pieces }) => ({
      ...{ type: memory.type, sizeBytes: memory.sizeBytes, use },
      pieces: pieces.map(({ key }) => {
        const { offsetBytes, sizeBytes } = placement!.places.get(key)!;
        return { key, offsetBytes, sizeBytes };
      }),
    })),
  );
}

const withoutTimes = (entries: readonly LedgerRecord[]) => entries.map((entry) => ({ ...entry, atMs: 0 }));

const layouts = fc.integer({ min: 1, max: 4 }).chain((nHeaps) =>
  fc.record({
    heaps: fc.array(fc.tuple(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 31 })), fc.boolean()), {
      minLength: nHeaps,
      maxLength: nHeaps,
    }),
    types: fc.array(fc.tuple(fc.nat(0x1ff), fc.nat(nHeaps - 1)), { minLength: 1, maxLength: 12 }),
    limits: fc.record({
      maxAllocationSizeBytes: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 2 ** 30 })),
      maxAllocationCount: fc.integer({ min: 1, max: 64 }),
      maxHostBytes: fc.oneof(fc.constant(Infinity), fc.nat(2 ** 31)),
    }),
    budgets: fc.option(
      fc.array(
        fc.record({
          budgetBytes: fc.oneof(fc.nat(2 ** 31), fc.constant(2 ** 64)),
          usageBytes: fc.oneof(fc.nat(2 ** 31), fc.constant(2 ** 64)),
        }),
        { minLength: nHeaps, maxLength: nHeaps },
      ),
      { nil: undefined },
    ),
  }),
);
const pieces = fc.array(
  fc.record({
    sizeBytes: fc.integer({ min: 1, max: 90 * MiB }),
    use: fc.constantFrom(...uses),
    reads: fc.constantFrom(0, 1, 10, 200),
    rowBytes: fc.option(fc.integer({ min: 1, max: 5000 })),
  }),
  { minLength: 1, maxLength: 20 },
);
/** The n-th allocation; all of a type above a size; with a code that nobody knows. */
const refusals = fc.record({
  nth: fc.array(fc.boolean(), { maxLength: 30 }),
  above: fc.array(fc.oneof(fc.constant(Infinity), fc.nat(60 * MiB)), { minLength: 12, maxLength: 12 }),
});
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ ask: fc.constant("place" as const), pieces }) },
    fc.record({ ask: fc.constantFrom("promote" as const, "undo" as const, "free" as const), of: fc.nat(4) }),
    fc.record({ ask: fc.constant("budgets" as const), share: fc.double({ min: 0, max: 2, noNaN: true }) }),
  ),
  { minLength: 1, maxLength: 8 },
);

describe("a replay", () => {
  it("places as was placed, and says what was said, whatever the device did", () => {
    fc.assert(
      fc.property(layouts, steps, refusals, fc.boolean(), (layout, asked, { nth, above }, limited) => {
        const { budgets, ...rest } = layout;
        let usage = 1;
        const device = new MockDevice({ ...rest, ...(budgets && { budgets }) });
        device.budget = () =>
          budgets?.map((b) => ({ ...b, usageBytes: Math.min(Math.floor(b.usageBytes * usage), 2 ** 64) })) ??
          null;
        device.refuse = (n, type, sizeBytes) =>
          nth[n] ? "VkResult (-1000011001)" : sizeBytes > above[type]! ? "fragmented" : null;
        const ledger = new Ledger();
        const limit = limited ? { vramLimitBytes: 100 * MiB } : {};
        const allocator = new RecordingAllocator(device, ledger, { alignmentBytes: 256, ...limit });
        const placed: (Placement<DeviceMemory> | null)[] = [];
        for (const step of asked) {
          if (step.ask === "budgets") usage = step.share;
          else if (step.ask === "place") placed.push(place(allocator, step.pieces, placed.length));
          else {
            const placement = placed[step.of];
            if (!placement) continue;
            if (step.ask === "free") {
              placement.free();
              placed[step.of] = null;
            } else {
              const promotion = allocator.promote(placement);
              if (step.ask === "promote") promotion?.keep();
              else promotion?.undo("the copy differs");
            }
          }
        }
        if (!asked.some(({ ask }) => ask === "place")) {
          expect(allocator.record()).toBeNull();
          return;
        }
        // what was freed last of all shows in no plan: the plan is as after the last request
        const report = written(allocator, rest);
        const { plan } = replay(report);
        expect(withoutTimes(plan.record)).toEqual(withoutTimes(ledger.entries));
        const { moments } = report;
        if (moments.at(-1)!.ask === "free" || plan.verdict === "refused") return;
        expect(
          plan.blocks.map(({ type, sizeBytes, use, pieces: own }) => ({ type, sizeBytes, use, pieces: own })),
        ).toEqual(lying(placed));
      }),
      { numRuns: 500 },
    );
  });
});

function place(
  allocator: RecordingAllocator<DeviceMemory>,
  asked: readonly {
    readonly sizeBytes: number;
    readonly use: Use;
    readonly reads: number;
    readonly rowBytes: number | null;
  }[],
  nth: number,
) {
  const wanted = asked.map(({ sizeBytes, use, reads, rowBytes }, i): Piece => {
    const of = `${nth}.${i}`;
    const piece = { key: rowsKey(of, 0), sizeBytes, use, label: use, reads };
    const count = rowBytes === null ? 0 : Math.floor(sizeBytes / rowBytes);
    return count ? { ...piece, rows: { of, first: 0, count, rowBytes: rowBytes! } } : piece;
  });
  try {
    return allocator.place(wanted);
  } catch (error) {
    if (error instanceof MemoryRefusedError) return null;
    throw error;
  }
}
