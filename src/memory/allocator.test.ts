import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MockDevice, type MockLayout } from "../../test/mock-memory.js";
import {
  Allocator,
  Ledger,
  MemoryRefusedError,
  type Piece,
  rowsKey,
  SnapshotDevice,
  takeSnapshot,
  type Use,
} from "./index.js";

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** The card of the bug: 8 GiB of VRAM, of which the host sees 256 MiB. */
const noRebar: MockLayout = {
  heaps: [
    [8321499136, true],
    [8573157376, false],
    [256 * MiB, true],
  ],
  types: [
    [0x1, 0],
    [0x6, 1],
    [0x7, 2],
    [0xe, 1],
    [0xc1, 0],
    [0xc6, 1],
    [0xc7, 2],
    [0xce, 1],
  ],
};
const rebar: MockLayout = {
  heaps: [
    [8 * GiB, true],
    [16 * GiB, false],
  ],
  types: [
    [0x0, 1],
    [0x1, 0],
    [0x6, 1],
    [0xe, 1],
    [0x7, 0],
  ],
};
const unified: MockLayout = {
  heaps: [[8 * GiB, true]],
  types: [
    [0x1, 0],
    [0x7, 0],
    [0xf, 0],
  ],
};
const nonCoherent: MockLayout = {
  heaps: [[8 * GiB, true]],
  types: [
    [0x3, 0],
    [0xb, 0],
    [0x7, 0],
  ],
};

const pieces = (use: Use, ...sizes: number[]): Piece[] =>
  sizes.map((sizeBytes, i) => ({ key: `${use}${i}`, sizeBytes, use, label: "weights", reads: 1 }));

/** Places on a mock; type null where all was refused. */
function place(
  layout: MockLayout,
  wanted: readonly Piece[],
  prepare: (device: MockDevice) => void = () => {},
) {
  const device = new MockDevice(layout);
  prepare(device);
  const ledger = new Ledger();
  const tries = () => ledger.entries.map((e) => `${e.type} ${e.outcome}`);
  try {
    const placement = new Allocator(device, ledger, { alignmentBytes: 256 }).place(wanted);
    const blocks = placement.blocks.map(({ memory }) => [memory.type, memory.sizeBytes]);
    return { device, ledger, tries: tries(), blocks, placement, type: placement.blocks[0]!.memory.type };
  } catch (error) {
    expect(device.alive.size).toBe(0);
    if (!(error instanceof MemoryRefusedError)) throw error;
    return { device, ledger, tries: tries(), blocks: [], placement: null, type: null, error };
  }
}

describe("the ladder", () => {
  it.each([
    ["no ReBAR: weights to VRAM behind staging", noRebar, "hotWeights", 0],
    ["no ReBAR: inputs to the small visible heap", noRebar, "upload", 2],
    ["no ReBAR: outputs to cached host memory", noRebar, "readBack", 3],
    ["ReBAR: weights straight into VRAM", rebar, "coldWeights", 4],
    ["ReBAR: caches where the host sees nothing", rebar, "caches", 1],
    ["ReBAR: inputs straight into VRAM", rebar, "upload", 4],
    ["unified: the first visible type", unified, "hotWeights", 1],
    ["unified: outputs cached", unified, "readBack", 2],
    ["coherent before not coherent", nonCoherent, "hotWeights", 2],
    ["only visible memory: caches there", nonCoherent, "caches", 2],
  ] as const)("%s", (_, layout, use, type) => {
    expect(place(layout, pieces(use, MiB)).type).toBe(type);
  });

  it("records why the visible heap of a card without ReBAR is passed over", () => {
    const { ledger } = place(noRebar, pieces("hotWeights", 130 * MiB));
    expect(ledger.entries).toMatchObject([
      {
        type: 2,
        heap: 2,
        outcome: "skipped",
        reason: expect.stringContaining("small"),
        sizeBytes: 130 * MiB,
      },
      { type: 0, heap: 0, outcome: "allocated", rung: "DEVICE_LOCAL", reason: "" },
    ]);
  });

  it("goes on after any refusal, down to host memory, which is a spill", () => {
    for (const code of ["VK_ERROR_OUT_OF_DEVICE_MEMORY", "VK_ERROR_UNKNOWN", "VkResult (-1000011001)"]) {
      const { type, ledger } = place(rebar, pieces("hotWeights", MiB), (device) => {
        device.refuse = (_, t) => (device.heaps[device.types[t]!.heap]!.deviceLocal ? code : null);
      });
      expect(type).toBe(2);
      expect(ledger.entries.map(({ outcome, reason }) => [outcome, reason])).toEqual([
        ["refused", code],
        ["refused", code],
        ["allocated", ""],
        ["spilled", expect.any(String)],
      ]);
    }
  });

  it("throws when the device is lost, and leaves nothing behind", () => {
    const lose = (device: MockDevice) => {
      device.refuse = (nth) => (nth === 1 ? new Error("lost") : null);
    };
    expect(() => place(rebar, pieces("hotWeights", 200 * MiB, 200 * MiB), lose)).toThrow("lost");
  });

  it("gives up, with a record of every type, when everything is refused", () => {
    const { type, tries, error } = place(noRebar, pieces("hotWeights", MiB), (device) => {
      device.refuse = () => "VK_ERROR_OUT_OF_DEVICE_MEMORY (-2)";
    });
    expect(type).toBeNull();
    expect(tries).toEqual(["2 skipped", "0 refused", "1 refused", "3 refused"]);
    expect(error).toMatchObject({ code: "memory-refused", ledger: { length: 4 } });
    expect(error!.message).toContain("VK_ERROR_OUT_OF_DEVICE_MEMORY (-2)");
  });

  it("never picks lazily allocated, protected or device-coherent types, nor what the buffer cannot use", () => {
    const odd = [0x11, 0x21, 0x43, 0x87, 0xc7].map((flags) => [flags, 0] as const);
    expect(place({ heaps: [[GiB, true]], types: odd }, pieces("hotWeights", MiB)).type).toBeNull();
    expect(place({ ...rebar, usableTypes: 0b00010 }, pieces("hotWeights", MiB)).type).toBe(1);
  });

  it("survives heaps of size 0, types of heaps that are not there, and a device without memory types", () => {
    expect(place({ heaps: [[0, true]], types: [[7, 0]] }, pieces("hotWeights", 1)).type).toBeNull();
    expect(place({ heaps: [[GiB, true]], types: [[7, 5]] }, pieces("hotWeights", 1)).type).toBeNull();
    expect(place({ heaps: [], types: [] }, pieces("hotWeights", 1)).tries).toEqual(
      Array(3).fill("null skipped"),
    );
  });
});

describe("budgets", () => {
  const full = { budgetBytes: GiB, usageBytes: GiB };
  const free = { budgetBytes: 16 * GiB, usageBytes: 0 };

  it("are followed, also when there is no other place", () => {
    expect(place({ ...rebar, budgets: [full, free] }, pieces("hotWeights", MiB)).type).toBe(2);
    const both = place({ ...rebar, budgets: [full, full] }, pieces("hotWeights", MiB));
    expect(both.tries).toEqual(["4 skipped", "1 skipped", "2 skipped", "3 skipped"]);
    expect(both.error!.message).toContain("1.0 MiB is needed in total, 0 bytes is available");
  });

  it.each([
    ["budget above the heap", { budgetBytes: 2e19, usageBytes: 0 }, 8 * GiB],
    ["usage above the budget", { budgetBytes: GiB, usageBytes: 1.8e19 }, 0],
  ])("are clamped: %s", (_, budget, left) => {
    const { ledger } = place({ ...rebar, budgets: [budget, budget] }, pieces("hotWeights", MiB));
    expect(ledger.entries[0]!.leftBytes).toBe(left);
  });

  it("leave 5 % of a heap free, and half of what is free where that is less", () => {
    const sizes = Array(1000).fill(10 * MiB);
    const { device } = place(rebar, pieces("hotWeights", ...sizes));
    expect(device.usedBytes(0)).toBeGreaterThan(0.94 * 8 * GiB);
    expect(device.usedBytes(0)).toBeLessThanOrEqual(0.95 * 8 * GiB);
    const nearlyFull = { budgetBytes: 8 * GiB, usageBytes: 8 * GiB - 100 * MiB };
    const { device: tight } = place(
      { ...rebar, budgets: [nearlyFull, free] },
      pieces("hotWeights", ...Array(20).fill(5 * MiB)),
    );
    expect(tight.usedBytes(0)).toBe(50 * MiB);
    expect(tight.usedBytes(1)).toBe(50 * MiB);
  });

  it("hold for the host's share and for a limit of the user's", () => {
    const share = { ...rebar, limits: { maxHostBytes: 30 * MiB } };
    const refuseVram = (device: MockDevice) => {
      device.refuse = (_, type) => (device.types[type]!.heap === 0 ? "full" : null);
    };
    expect(place(share, pieces("hotWeights", 10 * MiB, 10 * MiB, 10 * MiB), refuseVram).type).toBe(2);
    expect(place(share, pieces("hotWeights", 10 * MiB, 10 * MiB, 11 * MiB), refuseVram).type).toBeNull();
    const device = new MockDevice(rebar);
    const options = { alignmentBytes: 256, vramLimitBytes: 25 * MiB };
    new Allocator(device, new Ledger(), options).place(pieces("hotWeights", 10 * MiB, 10 * MiB, 10 * MiB));
    expect(device.usedBytes(0)).toBe(20 * MiB);
    expect(device.usedBytes(1)).toBe(10 * MiB);
  });
});

describe("blocks", () => {
  it("hold what fits together up to 256 MiB, exactly; one use apart from another; a larger piece has its own", () => {
    const wanted = [...pieces("hotWeights", 600 * MiB, 200 * MiB, 100 * MiB, 10), ...pieces("upload", 5)];
    expect(place(rebar, wanted).blocks).toEqual([
      [4, 4096],
      [4, 600 * MiB],
      [4, 200 * MiB],
      [4, 100 * MiB + 4096],
    ]);
  });

  it("are an eighth of a small heap", () => {
    const small: MockLayout = { heaps: [[512 * MiB, true]], types: [[0x7, 0]] };
    const sizes = place(small, pieces("hotWeights", ...Array(12).fill(16 * MiB))).blocks.map(
      ([, size]) => size,
    );
    expect(sizes).toEqual([64 * MiB, 64 * MiB, 64 * MiB]);
  });

  it("are halved when refused, down to one piece, before the next type is tried", () => {
    const refuse = (limit: number) => (device: MockDevice) => {
      device.refuse = (_, __, sizeBytes) => (sizeBytes > limit ? "fragmented" : null);
    };
    const six = pieces("hotWeights", ...Array(6).fill(40 * MiB));
    const some = place(rebar, six, refuse(128 * MiB));
    expect(some.tries.slice(0, 2)).toEqual(["4 refused", "4 allocated"]);
    expect(some.blocks).toEqual([
      [4, 120 * MiB],
      [4, 120 * MiB],
    ]);
    const one = place(rebar, six, refuse(40 * MiB));
    expect(one.blocks).toEqual(Array(6).fill([4, 40 * MiB]));
    expect(one.tries.filter((entry) => entry === "4 refused")).toHaveLength(2); // 240 and then 80, not again for every piece
  });

  it("take what is read most often first; among equals caches, then weights", () => {
    const card: MockLayout = {
      heaps: [
        [1000 * MiB, true],
        [8 * GiB, false],
      ],
      types: [
        [0x7, 0],
        [0x6, 1],
      ],
    };
    const wanted: Piece[] = [
      { key: "encoder", sizeBytes: 600 * MiB, use: "coldWeights", label: "weights", reads: 1 },
      { key: "decoder", sizeBytes: 400 * MiB, use: "hotWeights", label: "weights", reads: 200 },
      { key: "cache", sizeBytes: 300 * MiB, use: "caches", label: "caches", reads: 200 },
      { key: "small", sizeBytes: 100 * MiB, use: "coldWeights", label: "weights", reads: 1 },
    ];
    const { placement } = place(card, wanted);
    const typeOf = (key: string) => placement!.places.get(key)!.memory.type;
    expect(["cache", "decoder", "encoder", "small"].map(typeOf)).toEqual([0, 0, 1, 0]);
  });

  it("are all or nothing, whichever allocation is the last refused", () => {
    const wanted = pieces("hotWeights", 200 * MiB, 200 * MiB, 200 * MiB);
    for (let allowed = 0; allowed < 3; allowed++) {
      const device = new MockDevice(rebar);
      const allocator = new Allocator(device, new Ledger(), { alignmentBytes: 256 });
      device.refuse = () => (device.alive.size >= allowed ? "VK_ERROR_OUT_OF_DEVICE_MEMORY" : null);
      expect(() => allocator.place(wanted)).toThrow(MemoryRefusedError);
      expect(device.alive.size).toBe(0);
      device.refuse = () => null;
      const { blocks, free } = allocator.place(wanted);
      expect(blocks).toHaveLength(3);
      free();
      expect(device.alive.size).toBe(0);
    }
  });

  it("obey maxMemoryAllocationCount, over all placements of a device", () => {
    const device = new MockDevice({ ...rebar, limits: { maxAllocationCount: 2 } });
    const allocator = new Allocator(device, new Ledger(), { alignmentBytes: 256 });
    const first = allocator.place(pieces("hotWeights", 200 * MiB));
    expect(() => allocator.place(pieces("hotWeights", 200 * MiB, 200 * MiB))).toThrow(
      /maxMemoryAllocationCount/,
    );
    first.free();
    expect(allocator.place(pieces("hotWeights", 200 * MiB, 200 * MiB)).blocks).toHaveLength(2);
  });

  it("fill a heap exactly up to the 5 % kept free, and have not a page more", () => {
    const card: MockLayout = { heaps: [[100 * MiB, true]], types: [[0x7, 0]] };
    const fill = Array(19).fill(5 * MiB);
    expect(place(card, pieces("hotWeights", ...fill)).device.usedBytes(0)).toBe(95 * MiB);
    expect(place(card, pieces("hotWeights", ...fill, 1)).type).toBeNull();
  });
});

describe("every placement", () => {
  const layout = fc.record({
    heaps: fc.array(fc.tuple(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 31 })), fc.boolean()), {
      minLength: 1,
      maxLength: 4,
    }),
    types: fc.array(fc.tuple(fc.nat(0x1ff), fc.nat(3)), { minLength: 1, maxLength: 12 }),
    maxAllocationSizeBytes: fc.oneof(
      fc.constant(Number.POSITIVE_INFINITY),
      fc.integer({ min: 1, max: 2 ** 30 }),
    ),
    maxAllocationCount: fc.integer({ min: 1, max: 64 }),
  });
  const uses: readonly Use[] = ["hotWeights", "coldWeights", "caches", "scratch", "upload", "readBack"];
  const wanted = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 * MiB }), fc.nat(5), fc.nat(2)), {
    minLength: 1,
    maxLength: 30,
  });

  it("neither overlaps nor straddles, is aligned and usable, keeps every limit, and is what the plan said", () => {
    fc.assert(
      fc.property(layout, wanted, fc.array(fc.boolean(), { maxLength: 30 }), (card, sizes, refusals) => {
        const { heaps, types, maxAllocationSizeBytes, maxAllocationCount } = card;
        const device = new MockDevice({
          heaps,
          types,
          limits: { maxAllocationSizeBytes, maxAllocationCount },
        });
        device.refuse = (nth) => (refusals[nth] ? "no" : null);
        const asked = sizes.map(([sizeBytes, use, reads], i): Piece => {
          return { key: String(i), sizeBytes, use: uses[use]!, label: uses[use]!, reads };
        });
        const options = { alignmentBytes: 256 };
        const place = (on: MockDevice | SnapshotDevice) => {
          try {
            return new Allocator(on, new Ledger(), options).place(asked);
          } catch (error) {
            if (error instanceof MemoryRefusedError) return null;
            throw error;
          }
        };
        const planned = place(new SnapshotDevice(takeSnapshot(device)));
        const made = place(device);
        if (!refusals.includes(true)) {
          const shape = (p: ReturnType<typeof place>) =>
            p?.blocks.map((b) => [b.memory.type, b.memory.sizeBytes]);
          expect(shape(made)).toEqual(shape(planned));
        }
        if (!made) {
          expect(device.alive.size).toBe(0);
          return;
        }
        const placed = [...made.places.values()];
        for (const [i, a] of placed.entries()) {
          expect(a.offsetBytes % 256).toBe(0);
          expect(a.offsetBytes + a.sizeBytes).toBeLessThanOrEqual(a.memory.sizeBytes);
          for (const b of placed.slice(i + 1))
            if (a.memory === b.memory)
              expect(
                a.offsetBytes + a.sizeBytes <= b.offsetBytes || b.offsetBytes + b.sizeBytes <= a.offsetBytes,
              ).toBe(true);
        }
        expect(made.blocks.length).toBeLessThanOrEqual(maxAllocationCount);
        for (const { memory } of made.blocks) {
          expect(memory.sizeBytes).toBeLessThanOrEqual(maxAllocationSizeBytes);
          expect(types[memory.type]![0] & 0xf0).toBe(0);
        }
        heaps.forEach(([sizeBytes], heap) => {
          expect(device.usedBytes(heap)).toBeLessThanOrEqual(0.95 * sizeBytes);
        });
        made.free();
        expect(device.alive.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the record", () => {
  it("keeps the newest entries and counts the rest", () => {
    const ledger = new Ledger(2);
    const allocator = new Allocator(new MockDevice(rebar), ledger, { alignmentBytes: 1 });
    for (const size of [4096, 8192, 12288]) allocator.place(pieces("hotWeights", size));
    expect(ledger.entries.map((e) => e.sizeBytes)).toEqual([8192, 12288]);
    expect(ledger.dropped).toBe(1);
  });

  it("records a repeated entry once", () => {
    const { ledger } = place(noRebar, pieces("hotWeights", ...Array(30).fill(100 * MiB)));
    expect(ledger.entries.filter(({ outcome }) => outcome === "skipped").length).toBeLessThan(20);
  });
});

/** A piece that may be cut between its rows. */
function cuttable(of: string, sizeBytes: number, reads = 1, rowBytes = 1024): Piece {
  const rows = { of, first: 0, count: sizeBytes / rowBytes, rowBytes };
  return { key: rowsKey(of, 0), sizeBytes, use: "hotWeights", label: "weights", reads, rows };
}

describe("where memory suffices, but not in the order of heat", () => {
  /** 100 MiB of the device's, 50 MiB of the host's. */
  const small: MockLayout = {
    heaps: [
      [100 * MiB, true],
      [100 * MiB, false],
    ],
    types: [
      [0x1, 0],
      [0x6, 1],
    ],
    limits: { maxHostBytes: 50 * MiB },
  };
  const scratch = (sizeBytes: number) => pieces("scratch", sizeBytes)[0]!;

  it("what found no room as a whole is placed first, and the other is cut", () => {
    const { placement, ledger, device } = place(small, [cuttable("w", 80 * MiB, 200), scratch(55 * MiB)]);
    expect(placement!.places.get("scratch0")!.memory.type).toBe(0);
    expect(device.usedBytes(0) + device.usedBytes(1)).toBe(135 * MiB);
    expect(ledger.entries.map(({ reason }) => reason)).toContain(
      "no room is left: everything is placed again, this first",
    );
  });

  it("nothing is cut where that uses up the allocations", () => {
    const layout = {
      ...{ ...small, limits: { maxAllocationCount: 3 } },
      budgets: [
        { budgetBytes: 30 * MiB, usageBytes: 0 },
        { budgetBytes: 100 * MiB, usageBytes: 0 },
      ],
    };
    const others = [{ ...pieces("caches", 6 * MiB)[0]!, reads: 100 }, scratch(30 * MiB)];
    const { placement } = place(layout, [cuttable("w", 30 * MiB, 200), ...others]);
    expect(placement!.blocks).toHaveLength(3);
  });

  it("what is too much for all memory together is refused at once, and soon what fits in no order", () => {
    const nTriesFor = (sizeBytes: number) => {
      let nTries = 0;
      const others = [55 * MiB, 60 * MiB].map((bytes, i) => ({ ...scratch(bytes), key: `s${i}` }));
      const { type } = place(small, [cuttable("w", sizeBytes, 200), ...others], (device) => {
        device.refuse = () => {
          nTries++;
          return null;
        };
      });
      expect(type).toBeNull();
      return nTries;
    };
    expect(nTriesFor(40 * MiB)).toBeLessThanOrEqual(3);
    expect(nTriesFor(20 * MiB)).toBeLessThanOrEqual(8);
  });
});

describe("cutting", () => {
  it("fills what is left of the device before the rest goes to the host", () => {
    const budgets = [8 * GiB - 100 * MiB, 0].map((usageBytes, i) => ({
      budgetBytes: rebar.heaps[i]![0],
      usageBytes,
    }));
    const wanted = [cuttable("a", 60 * MiB, 2), cuttable("b", 60 * MiB)];
    // half of what is free is headroom
    const { placement, ledger } = place({ ...rebar, budgets }, wanted);
    const lying = placement!.blocks.map((block) => [
      block.step.heap,
      block.pieces.map(({ key }) => key).join(),
    ]);
    expect(lying).toEqual([
      [0, "a 0"],
      [1, "a 51200,b 0"],
    ]);
    const inDevice = placement!.places.get("a 0")!.sizeBytes;
    expect(inDevice).toBeGreaterThan(50 * MiB - 5000);
    expect(inDevice).toBeLessThanOrEqual(50 * MiB);
    expect(ledger.entries.filter(({ outcome }) => outcome === "split")).toHaveLength(1);
  });

  it("keeps a tensor in the device's memory however its free memory is scattered", () => {
    const { placement } = place(rebar, [cuttable("a", 130 * MiB)], (device) => {
      device.refuse = (_nth, type, sizeBytes) =>
        rebar.types[type]![1] === 0 && sizeBytes > 32 * MiB ? "fragmented" : null;
    });
    expect(placement!.blocks.map(({ step }) => step.heap)).not.toContain(1);
    expect([...placement!.places.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThan(
      130 * MiB + 10 * 256,
    );
  });

  it("is not done where no memory is available", () => {
    const { placement } = place(rebar, [cuttable("a", 130 * MiB)], (device) => {
      device.refuse = (_nth, type) => (rebar.types[type]![1] === 0 ? "full" : null);
    });
    expect([...placement!.places.keys()]).toEqual(["a 0"]);
    expect(placement!.blocks.map(({ step }) => step.heap)).toEqual([1]);
  });
});

describe("promotion", () => {
  /** Two pieces spill since VRAM is taken; then it is free. */
  function spilled() {
    const device = new MockDevice({
      ...rebar,
      budgets: [0, 1].map((heap) => ({ budgetBytes: rebar.heaps[heap]![0], usageBytes: 0 })),
    });
    const ledger = new Ledger();
    const allocator = new Allocator(device, ledger, { alignmentBytes: 256 });
    device.refuse = (_nth, type) => (rebar.types[type]![1] === 0 ? "full" : null);
    const hot = { ...pieces("hotWeights", 30 * MiB)[0]!, reads: 200 };
    const placement = allocator.place([...pieces("coldWeights", 20 * MiB, 10 * MiB), hot]);
    device.refuse = () => null;
    const heaps = () => placement.blocks.map(({ step }) => step.heap);
    expect(heaps()).not.toContain(0);
    expect(allocator.hasSpilled(placement)).toBe(true);
    return { device, ledger, allocator, placement, heaps };
  }

  it("moves all back where there is room, and gives the host's memory back", () => {
    const { device, allocator, placement, heaps, ledger } = spilled();
    const promotion = allocator.promote(placement)!;
    expect(promotion.moves.map(({ key }) => key)).toEqual(["hotWeights0", "coldWeights0", "coldWeights1"]);
    for (const { from, to } of promotion.moves) expect(to.sizeBytes).toBe(from.sizeBytes);
    promotion.keep();
    expect(new Set(heaps())).toEqual(new Set([0]));
    expect(device.usedBytes(1)).toBe(0);
    expect(device.usedBytes(0)).toBe(60 * MiB);
    for (const { key, to } of promotion.moves) expect(placement.places.get(key)).toBe(to);
    expect(allocator.hasSpilled(placement)).toBe(false);
    expect(allocator.promote(placement)).toBeNull();
    expect(ledger.entries.at(-1)).toMatchObject({ outcome: "promoted", heap: 0 });
    placement.free();
    expect(device.alive.size).toBe(0);
  });

  it("takes the hottest where there is not room for all, and leaves the others", () => {
    const { device, allocator, placement, heaps } = spilled();
    device.refuse = (_nth, type) => (rebar.types[type]![1] === 0 && device.usedBytes(0) > 0 ? "full" : null);
    allocator.promote(placement)!.keep();
    expect(heaps().sort()).toEqual([0, 1]);
    expect(placement.places.get("hotWeights0")!.memory.type).toBe(4);
    // what stayed is where it was, beside nothing that left
    const [cold] = placement.blocks.filter(({ step }) => step.heap === 1);
    expect(cold!.pieces.map(({ key }) => key)).toEqual(["coldWeights0", "coldWeights1"]);
    placement.free();
    expect(device.alive.size).toBe(0);
  });

  it("has room only as far as the user's limit and the small visible heap leave some", () => {
    const limited = new Allocator(new MockDevice(rebar), new Ledger(), {
      ...{ alignmentBytes: 256, vramLimitBytes: 20 * MiB },
    });
    expect(limited.hasRoom(limited.place(pieces("hotWeights", 30 * MiB)))).toBe(false);
    expect(limited.hasRoom(limited.place(pieces("caches", 30 * MiB, 10 * MiB)))).toBe(false);
    const device = new MockDevice({
      ...noRebar,
      budgets: noRebar.heaps.map(([sizeBytes], i) => ({
        budgetBytes: sizeBytes,
        usageBytes: i === 0 ? sizeBytes : 0,
      })),
    });
    const full = new Allocator(device, new Ledger(), { alignmentBytes: 256 });
    expect(full.hasRoom(full.place(pieces("hotWeights", 30 * MiB)))).toBe(false);
  });

  it("can be undone, and is null without room: nothing has moved, nothing is held", () => {
    const { device, allocator, placement, ledger } = spilled();
    const before = [...placement.places];
    allocator.promote(placement)!.undo("the copy differs");
    expect([...placement.places]).toEqual(before);
    expect(device.usedBytes(0)).toBe(0);
    expect(ledger.entries.at(-1)).toMatchObject({ outcome: "refused", reason: "the copy differs" });
    device.refuse = (_nth, type) => (rebar.types[type]![1] === 0 ? "full" : null);
    expect(allocator.promote(placement)).toBeNull();
    placement.free();
    expect(device.alive.size).toBe(0);
  });
});
