import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MockDevice, type MockLayout } from "../../../test/mock-memory.js";
import {
  type DeviceMemory,
  estimatedBandwidth,
  Ledger,
  type LedgerRecord,
  MemoryRefusedError,
  type Piece,
  type Placement,
  rowsKey,
  type Use,
} from "../index.js";
import { type Card, cardFrom } from "../simulate/index.js";
import {
  type MemoryReport,
  type RecordedRequest,
  RecordingAllocator,
  readReport,
  replay,
  reportFormat,
} from "./index.js";

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
    ...{ format: reportFormat, version: 2 },
    versions: { package: "0", node: "0", os: "none", architecture: "none" },
    ...{ card: cardOf(layout), bandwidth: estimatedBandwidth },
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
/** The n-th allocation; all of a type above a size; with an unknown code. */
const refusals = fc.record({
  nth: fc.array(fc.boolean(), { maxLength: 30 }),
  above: fc.array(fc.oneof(fc.constant(Infinity), fc.nat(60 * MiB)), { minLength: 12, maxLength: 12 }),
});
/** capacity: number of requests, default 100. */
const limits = fc.record({ limited: fc.boolean(), capacity: fc.constantFrom(100, 100, 3) });
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
      fc.property(
        layouts,
        steps,
        refusals,
        limits,
        (layout, asked, { nth, above }, { limited, capacity }) => {
          const { budgets, ...rest } = layout;
          let usage = 1;
          const device = new MockDevice({ ...rest, ...(budgets && { budgets }) });
          device.budget = () =>
            budgets?.map((b) => ({
              ...b,
              usageBytes: Math.min(Math.floor(b.usageBytes * usage), 2 ** 64),
            })) ?? null;
          device.refuse = (n, type, sizeBytes) =>
            nth[n] ? "VkResult (-1000011001)" : sizeBytes > above[type]! ? "fragmented" : null;
          const ledger = new Ledger();
          const limit = limited ? { vramLimitBytes: 100 * MiB } : {};
          const allocator = new RecordingAllocator(
            device,
            ledger,
            { alignmentBytes: 256, ...limit },
            capacity,
          );
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
          if (allocator.record()!.requests.every(({ ask }) => ask === "free")) return;
          const report = written(allocator, rest);
          const { plan } = replay(report);
          if (report.dropped === 0) expect(withoutTimes(plan.record)).toEqual(withoutTimes(ledger.entries));
          const { requests } = report;
          if (requests.at(-1)!.ask === "free" || plan.verdict === "refused") return;
          expect(
            plan.blocks.map(({ type, sizeBytes, use, pieces: own }) => ({
              type,
              sizeBytes,
              use,
              pieces: own,
            })),
          ).toEqual(lying(placed));
        },
      ),
      { numRuns: 700 },
    );
  });
});

/** 8 GiB of VRAM that the host sees, and its own memory. */
const rebar: MockLayout = {
  heaps: [
    [8192 * MiB, true],
    [16384 * MiB, false],
  ],
  types: [
    [0x7, 0],
    [0x6, 1],
  ],
};
const weights = (sizeBytes: number) => ({
  sizeBytes,
  use: "hotWeights" as const,
  reads: 200,
  rowBytes: null,
});
const heapsOf = ({ blocks }: { readonly blocks: readonly { readonly heap: number }[] }) =>
  blocks.map(({ heap }) => heap);

it("answers as the device did that says now this, now that, of the same", () => {
  const small: MockLayout = {
    heaps: [[8192, false]],
    types: [[0x2, 0]],
    limits: { maxAllocationCount: 1 },
  };
  // when something has no room after the first piece, everything is placed again from the same state
  const pair = [weights(1), { ...weights(1), use: "readBack" as const }];
  for (const refused of [[1], [0, 2]]) {
    const device = new MockDevice(small);
    device.refuse = (nth) => (refused.includes(nth) ? "now and then" : null);
    const ledger = new Ledger();
    const allocator = new RecordingAllocator(device, ledger, { alignmentBytes: 256 });
    for (let nth = 0; nth < 3; nth++) place(allocator, pair, nth)?.free();
    expect(ledger.entries.some(({ reason }) => reason === "now and then")).toBe(true);
    const { plan } = replay(written(allocator, small));
    expect(withoutTimes(plan.record)).toEqual(withoutTimes(ledger.entries));
  }
});

describe("a promotion", () => {
  /** What spills since VRAM is full, which it isn't later. */
  function spilled() {
    const device = new MockDevice(rebar);
    let usageBytes = 8192 * MiB;
    device.budget = () => [
      { budgetBytes: 8192 * MiB, usageBytes },
      { budgetBytes: 16384 * MiB, usageBytes: 0 },
    ];
    const allocator = new RecordingAllocator(device, new Ledger(), { alignmentBytes: 256 });
    const placement = place(allocator, [weights(30 * MiB), weights(20 * MiB)], 0)!;
    expect(allocator.promote(placement)).toBeNull();
    usageBytes = 0;
    return { allocator, placement };
  }

  it("is replayed with its recorded result", () => {
    for (const kept of [true, false]) {
      const { allocator, placement } = spilled();
      const promotion = allocator.promote(placement)!;
      if (kept) promotion.keep();
      else promotion.undo("the copy differs");
      const { requests, plan } = replay(written(allocator, rebar));
      expect(requests.map((request) => request.plan && heapsOf(request.plan))).toEqual([
        [1],
        null,
        [kept ? 0 : 1],
      ]);
      expect(plan.verdict).toBe(kept ? "device" : "spill");
      expect(requests[2]!.plan!.record.at(-1)).toMatchObject(
        kept ? { outcome: "promoted" } : { outcome: "refused", reason: "the copy differs" },
      );
      placement.free();
      expect(written(allocator, rebar).requests.map(({ ask }) => ask)).toEqual([
        "place",
        "promote",
        "promote",
        "free",
      ]);
    }
  });

  it("is kept where a budget was edited so that there is room", () => {
    const { allocator } = spilled();
    const report = written(allocator, rebar);
    const edited = report.requests.map((request) =>
      request.ask === "promote"
        ? { ...request, budgets: request.budgets!.map((budget) => ({ ...budget, usageBytes: 50 * MiB })) }
        : request,
    );
    expect(replay(report).plan.verdict).toBe("spill");
    expect(replay({ ...report, requests: edited }).plan.verdict).toBe("device");
  });
});

it("asks for no more than the budget, as when it was recorded", () => {
  const layout = { ...rebar, limits: { maxHostBytes: 0 } };
  const budgets = [
    { budgetBytes: 100 * MiB, usageBytes: 0 },
    { budgetBytes: 16384 * MiB, usageBytes: 0 },
  ];
  const device = new MockDevice({ ...layout, budgets });
  const allocator = new RecordingAllocator(device, new Ledger(), { alignmentBytes: 256 });
  expect(place(allocator, [weights(200 * MiB)], 0)).toBeNull();
  expect(replay(written(allocator, layout)).plan.verdict).toBe("refused");
});

it("counts what is held otherwise than it was: usage is more or less by that", () => {
  const device = new MockDevice(rebar);
  const usages = [8192 * MiB, 0];
  device.budget = () => [
    { budgetBytes: 8192 * MiB, usageBytes: usages[0]! + device.usedBytes(0) },
    { budgetBytes: 16384 * MiB, usageBytes: usages[1]! + device.usedBytes(1) },
  ];
  const allocator = new RecordingAllocator(device, new Ledger(), { alignmentBytes: 256 });
  place(allocator, [weights(4000 * MiB)], 0);
  usages[0] = 3000 * MiB;
  place(allocator, [weights(4000 * MiB)], 1);
  const report = written(allocator, rebar);
  expect(heapsOf(replay(report).plan)).toEqual([1, 0]);
  // with room for the first one, there is none left for the second
  const [first, second] = report.requests as [Extract<RecordedRequest, { ask: "place" }>, RecordedRequest];
  const roomy = {
    ...first,
    budgets: [{ budgetBytes: 8192 * MiB, usageBytes: 3000 * MiB }, first.budgets![1]!],
  };
  expect(heapsOf(replay({ ...report, requests: [roomy, second] }).plan)).toEqual([0, 1]);
});

it("older requests give way where nothing is left of them; what is held stays and is replayed", () => {
  const device = new MockDevice(rebar);
  const allocator = new RecordingAllocator(device, new Ledger(), { alignmentBytes: 256 }, 4);
  place(allocator, [weights(MiB)], 0)!.free();
  const held = place(allocator, [weights(2 * MiB)], 1)!;
  device.refuse = () => "full";
  for (let i = 2; i < 10; i++) expect(place(allocator, [weights(3 * MiB)], i)).toBeNull();
  device.refuse = () => null;
  const newest = place(allocator, [weights(4 * MiB)], 10)!;
  const report = written(allocator, rebar);
  expect(report.requests.map(({ placement }) => placement)).toEqual([1, 8, 9, 10]);
  expect(report.dropped).toBe(8);
  const { blocks } = replay(report).plan;
  const sizes = [held, newest].map((placement) => placement.blocks[0]!.memory.sizeBytes);
  expect(blocks.map(({ sizeBytes }) => sizeBytes)).toEqual(sizes);
});

it("what was placed while a freed one was held keeps that one in the report", () => {
  const device = new MockDevice(rebar);
  const options = { alignmentBytes: 256, vramLimitBytes: 100 * MiB };
  const allocator = new RecordingAllocator(device, new Ledger(), options, 10);
  const first = place(allocator, [weights(80 * MiB)], 0)!;
  const second = place(allocator, [weights(50 * MiB)], 1)!; // beyond the limit
  first.free();
  for (let nth = 2; nth < 30; nth++) place(allocator, [weights(MiB)], nth)!.free();
  const report = written(allocator, rebar);
  expect(report.requests.slice(0, 3).map(({ placement }) => placement)).toEqual([0, 1, 0]);
  expect(heapsOf(replay(report).requests[1]!.plan!)).toEqual([1]);
  second.free();
  place(allocator, [weights(MiB)], 30);
  expect(written(allocator, rebar).requests.map(({ placement }) => placement)).not.toContain(0);
});

it("nothing is recorded of a request in which the device was lost", () => {
  const device = new MockDevice(rebar);
  const allocator = new RecordingAllocator(device, new Ledger(), { alignmentBytes: 256 });
  place(allocator, [weights(MiB)], 0);
  device.refuse = () => new Error("lost");
  expect(() => place(allocator, [weights(MiB)], 1)).toThrow("lost");
  expect(written(allocator, rebar).requests).toHaveLength(1);
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
