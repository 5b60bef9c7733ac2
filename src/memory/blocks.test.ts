import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MockDevice, type MockLayout } from "../../test/mock-memory.js";
import { Ledger, MemoryRefusedError, type Piece, placePieces } from "./index.js";

const MiB = 2 ** 20;
const rebar: MockLayout = {
  heaps: [
    [8192 * MiB, true],
    [16384 * MiB, false],
  ],
  types: [
    [0x1, 0],
    [0x6, 1],
    [0x7, 0],
  ],
};
const weights = (...sizes: number[]): Piece[] =>
  sizes.map((sizeBytes, i) => ({ key: `w${i}`, sizeBytes, purpose: "device", label: "weights" }));

describe("blocks", () => {
  it("share blocks of at most 256 MiB, one kind of use apart from another", () => {
    const device = new MockDevice(rebar);
    const pieces: Piece[] = [
      ...weights(200 * MiB, 100 * MiB, 10),
      { key: "in", sizeBytes: 5, purpose: "input", label: "inputs" },
    ];
    const { blocks, places, free } = placePieces(device, pieces, 256, new Ledger());
    expect(blocks.map(({ memory, label }) => [label, memory.sizeBytes])).toEqual([
      ["weights", 256 * MiB],
      ["weights", 100 * MiB + 256],
      ["inputs", 256],
    ]);
    expect(places.get("w2")).toMatchObject({
      memory: blocks[1]!.memory,
      offsetBytes: 100 * MiB,
      sizeBytes: 10,
    });
    free();
    expect(device.alive.size).toBe(0);
  });

  it("give a piece larger than a block a block of its own", () => {
    const device = new MockDevice(rebar);
    const { blocks } = placePieces(device, weights(600 * MiB), 256, new Ledger());
    expect(blocks.map(({ memory }) => memory.sizeBytes)).toEqual([600 * MiB]);
  });

  it("spill what does not fit into VRAM", () => {
    const device = new MockDevice({
      ...rebar,
      heaps: [
        [300 * MiB, true],
        [8192 * MiB, false],
      ],
    });
    const { blocks } = placePieces(
      device,
      weights(100 * MiB, 100 * MiB, 100 * MiB, 100 * MiB, 100 * MiB),
      256,
      new Ledger(),
    );
    const inVram = blocks.reduce((sum, { memory }) => sum + (memory.type === 1 ? 0 : memory.sizeBytes), 0);
    expect(inVram).toBeGreaterThan(250 * MiB);
    expect(inVram).toBeLessThanOrEqual(300 * MiB);
    expect(blocks.some(({ memory }) => memory.type === 1)).toBe(true);
  });

  it("are all or nothing, whichever allocation is the last refused", () => {
    const pieces = weights(200 * MiB, 200 * MiB, 200 * MiB);
    for (let allowed = 0; allowed < 3; allowed++) {
      const device = new MockDevice(rebar);
      const ledger = new Ledger();
      device.refuse = () => (device.alive.size >= allowed ? "VK_ERROR_OUT_OF_DEVICE_MEMORY" : null);
      const place = () => placePieces(device, pieces, 256, ledger);
      expect(place).toThrow(MemoryRefusedError);
      expect(device.alive.size).toBe(0);
      device.refuse = () => null;
      expect(place().blocks).toHaveLength(3);
    }
  });

  it("leave nothing behind when the device is lost halfway", () => {
    const device = new MockDevice(rebar);
    device.refuse = (nth) => (nth === 1 ? new Error("lost") : null);
    expect(() => placePieces(device, weights(200 * MiB, 200 * MiB), 256, new Ledger())).toThrow("lost");
    expect(device.alive.size).toBe(0);
  });

  it("carry the record in the error", () => {
    const device = new MockDevice(rebar);
    device.refuse = () => "VK_ERROR_OUT_OF_DEVICE_MEMORY (-2)";
    try {
      placePieces(device, weights(MiB), 256, new Ledger());
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "memory-refused", ledger: { length: 3 } });
      expect((error as Error).message).toContain("VK_ERROR_OUT_OF_DEVICE_MEMORY (-2)");
    }
  });

  it("obey maxMemoryAllocationCount", () => {
    const device = new MockDevice({ ...rebar, limits: { maxAllocationCount: 2 } });
    expect(() => placePieces(device, weights(200 * MiB, 200 * MiB, 200 * MiB), 256, new Ledger())).toThrow(
      /no memory for weights/,
    );
    expect(device.alive.size).toBe(0);
  });

  it("never overlap, never straddle, always aligned (random sizes and refusals)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 90 * MiB }), { minLength: 1, maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        (sizes, refusals) => {
          const device = new MockDevice(rebar);
          device.refuse = (nth, type) => (refusals[nth] && type !== 1 ? "no" : null);
          const { places, free } = placePieces(device, weights(...sizes), 256, new Ledger());
          const placed = [...places.values()];
          for (const [i, a] of placed.entries()) {
            expect(a.offsetBytes % 256).toBe(0);
            expect(a.offsetBytes + a.sizeBytes).toBeLessThanOrEqual(a.memory.sizeBytes);
            expect(device.alive.has(a.memory)).toBe(true);
            for (const b of placed.slice(i + 1))
              if (a.memory === b.memory)
                expect(
                  a.offsetBytes + a.sizeBytes <= b.offsetBytes ||
                    b.offsetBytes + b.sizeBytes <= a.offsetBytes,
                ).toBe(true);
          }
          free();
          expect(device.alive.size).toBe(0);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});
