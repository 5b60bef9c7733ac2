import { describe, expect, it } from "vitest";
import { MockDevice, type MockLayout } from "../../test/mock-memory.js";
import { Allocator, Ledger, MemoryRefusedError, type Piece } from "./index.js";
import { GiB, MiB, nonCoherent, noRebar, pieces, place, rebar, unified } from "./testing/placing.js";

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
