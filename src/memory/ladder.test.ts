import { describe, expect, it } from "vitest";
import { MockDevice, type MockLayout } from "../../test/mock-memory.js";
import { type Claim, climb } from "./ladder.js";
import { Ledger } from "./ledger.js";

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

const claim = (purpose: Claim["purpose"], sizeBytes: number, leastBytes = sizeBytes): Claim => ({
  purpose,
  label: "weights",
  sizeBytes,
  leastBytes,
});

function attempt(
  layout: MockLayout,
  wanted: Claim,
  prepare: (device: MockDevice) => void = () => {},
  hostHeld = 0,
) {
  const device = new MockDevice(layout);
  prepare(device);
  const ledger = new Ledger();
  const memory = climb(device, wanted, ledger, hostHeld);
  expect(device.alive.size).toBe(memory ? 1 : 0);
  return {
    memory,
    type: memory?.type ?? null,
    tries: ledger.entries.map((e) => `${e.type} ${e.outcome}`),
    ledger,
  };
}

describe("ladder", () => {
  it.each([
    ["no ReBAR: weights to VRAM behind staging", noRebar, "device", 0],
    ["no ReBAR: inputs to the small visible heap", noRebar, "input", 2],
    ["no ReBAR: outputs to cached host memory", noRebar, "output", 3],
    ["ReBAR: weights straight into VRAM", rebar, "device", 4],
    ["ReBAR: inputs straight into VRAM", rebar, "input", 4],
    ["unified: the first visible type", unified, "device", 1],
    ["unified: outputs cached", unified, "output", 2],
    ["coherent before not coherent", nonCoherent, "device", 2],
  ] as const)("%s", (_, layout, purpose, type) => {
    expect(attempt(layout, claim(purpose, MiB)).type).toBe(type);
  });

  it("records why the visible heap of a card without ReBAR is passed over", () => {
    const { ledger } = attempt(noRebar, claim("device", 130 * MiB));
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

  it("goes on after any refusal, down to host memory", () => {
    for (const code of [
      "VK_ERROR_OUT_OF_DEVICE_MEMORY",
      "VK_ERROR_OUT_OF_HOST_MEMORY",
      "VK_ERROR_UNKNOWN",
      "VkResult (-1000011001)",
    ]) {
      const { type, ledger } = attempt(rebar, claim("device", MiB), (device) => {
        device.refuse = (_, t) => (device.heaps[device.types[t]!.heap]!.deviceLocal ? code : null);
      });
      expect(type).toBe(2);
      expect(ledger.entries.filter((e) => e.outcome === "refused").map((e) => e.reason)).toEqual([
        code,
        code,
      ]);
    }
  });

  it("throws when the device is lost", () => {
    const device = new MockDevice(rebar);
    device.refuse = () => new Error("device lost");
    expect(() => climb(device, claim("device", MiB), new Ledger(), 0)).toThrow("device lost");
  });

  it("gives up, with a record of every type, when everything is refused", () => {
    const { memory, tries } = attempt(noRebar, claim("device", MiB), (device) => {
      device.refuse = () => "VK_ERROR_OUT_OF_DEVICE_MEMORY";
    });
    expect(memory).toBeNull();
    expect(tries).toEqual(["2 skipped", "0 refused", "1 refused", "3 refused"]);
  });

  it("halves a refused size down to what is of use before it goes to the next type", () => {
    const { memory, tries } = attempt(rebar, claim("device", 256 * MiB, 40 * MiB), (device) => {
      device.refuse = (_, __, sizeBytes) => (sizeBytes > 64 * MiB ? "fragmented" : null);
    });
    expect(memory?.sizeBytes).toBe(64 * MiB);
    expect(tries).toEqual(["4 refused", "4 refused", "4 allocated"]);
    const least = attempt(rebar, claim("device", 256 * MiB, 40 * MiB), (device) => {
      device.refuse = (_, __, sizeBytes) => (sizeBytes > 40 * MiB ? "fragmented" : null);
    });
    expect(least.memory?.sizeBytes).toBe(40 * MiB);
  });

  it("never picks lazily allocated, protected or device-coherent types, nor what the buffer cannot use", () => {
    const odd = [0x11, 0x21, 0x43, 0x87, 0xc7].map((flags) => [flags, 0] as const);
    expect(attempt({ heaps: [[GiB, true]], types: odd }, claim("device", MiB)).memory).toBeNull();
    expect(attempt({ ...rebar, usableTypes: 0b00010 }, claim("device", MiB)).type).toBe(1);
  });

  it("heeds the budget while there is another place, and ignores it when there is none", () => {
    const full = { budgetBytes: GiB, usageBytes: GiB };
    const free = { budgetBytes: 16 * GiB, usageBytes: 0 };
    expect(attempt({ ...rebar, budgets: [full, free] }, claim("device", MiB)).type).toBe(2);
    const both = attempt({ ...rebar, budgets: [full, full] }, claim("device", MiB));
    expect(both.tries).toEqual(["4 skipped", "1 skipped", "2 skipped", "3 skipped", "4 allocated"]);
  });

  it.each([
    ["budget above the heap", { budgetBytes: 2e19, usageBytes: 0 }, 8 * GiB],
    ["usage above the budget", { budgetBytes: GiB, usageBytes: 1.8e19 }, 0],
  ])("clamps what drivers report: %s", (_, budget, left) => {
    const { ledger } = attempt({ ...rebar, budgets: [budget, budget] }, claim("device", MiB));
    expect(ledger.entries[0]!.leftBytes).toBe(left);
  });

  it("does not ask for more than an allocation, a heap or the host's share may be", () => {
    const limited = attempt({ ...rebar, limits: { maxAllocationSizeBytes: GiB } }, claim("device", 2 * GiB));
    expect(limited.memory).toBeNull();
    expect(limited.ledger.entries.every((e) => e.outcome === "skipped")).toBe(true);
    expect(attempt(rebar, claim("device", 9 * GiB)).type).toBe(2);
    const share = { ...rebar, limits: { maxHostBytes: 2 * GiB } };
    const refuseVram = (device: MockDevice) => {
      device.refuse = (_, type) => (device.types[type]!.heap === 0 ? "full" : null);
    };
    expect(attempt(share, claim("device", GiB), refuseVram, GiB).type).toBe(2);
    expect(attempt(share, claim("device", GiB), refuseVram, GiB + 1).memory).toBeNull();
  });

  it("survives heaps of size 0 and a device without memory types", () => {
    expect(attempt({ heaps: [[0, true]], types: [[7, 0]] }, claim("device", 1)).memory).toBeNull();
    expect(attempt({ heaps: [], types: [] }, claim("device", 1)).tries).toEqual([
      "null skipped",
      "null skipped",
      "null skipped",
    ]);
  });
});

describe("ledger", () => {
  it("keeps the newest entries and counts the rest", () => {
    const ledger = new Ledger(2);
    const device = new MockDevice(rebar);
    for (const size of [1, 2, 3]) climb(device, claim("device", size), ledger, 0);
    expect(ledger.entries.map((e) => e.sizeBytes)).toEqual([2, 3]);
    expect(ledger.dropped).toBe(1);
  });
});
