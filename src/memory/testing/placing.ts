// Devices and pieces that tests of the allocator share.

import { expect } from "vitest";
import { MockDevice, type MockLayout } from "../../../test/mock-memory.js";
import { Allocator, Ledger, MemoryRefusedError, type Piece, rowsKey, type Use } from "../index.js";

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;

/** The card of the bug: 8 GiB of VRAM, of which the host sees 256 MiB. */
export const noRebar: MockLayout = {
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
export const rebar: MockLayout = {
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
export const unified: MockLayout = {
  heaps: [[8 * GiB, true]],
  types: [
    [0x1, 0],
    [0x7, 0],
    [0xf, 0],
  ],
};
export const nonCoherent: MockLayout = {
  heaps: [[8 * GiB, true]],
  types: [
    [0x3, 0],
    [0xb, 0],
    [0x7, 0],
  ],
};

export const pieces = (use: Use, ...sizes: number[]): Piece[] =>
  sizes.map((sizeBytes, i) => ({ key: `${use}${i}`, sizeBytes, use, label: "weights", reads: 1 }));

/** Places on a mock; type null where all was refused. */
export function place(
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

export function cuttable(of: string, sizeBytes: number, reads = 1, rowBytes = 1024): Piece {
  const rows = { of, first: 0, count: sizeBytes / rowBytes, rowBytes };
  return { key: rowsKey(of, 0), sizeBytes, use: "hotWeights", label: "weights", reads, rows };
}
