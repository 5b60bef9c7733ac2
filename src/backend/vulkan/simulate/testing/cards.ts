import type { Card } from "../../../../memory/simulate/card.js";

/** Cards with the memory layouts that tests of the simulated driver need; limits are larger than any test asks for. */
function card(
  name: string,
  heaps: Card["heaps"],
  types: readonly (readonly [flags: number, heap: number])[],
): Card {
  return {
    name,
    device: {
      name: `Test ${name}`,
      type: "discrete",
      vendorId: 0x1002,
      driver: "test 1",
      apiVersion: [1, 3],
    },
    heaps,
    types: types.map(([flags, heap]) => ({ flags, heap })),
    limits: {
      maxMemoryAllocationSize: 2 ** 31,
      maxMemoryAllocationCount: 4096,
      maxBufferSize: 2 ** 31,
      maxStorageBufferRange: 2 ** 32 - 1,
      minStorageBufferOffsetAlignment: 16,
      nonCoherentAtomSize: 128,
    },
    features: null,
    extensions: null,
    ramBytes: 2 ** 34,
    assumed: [],
  };
}

/** The card of the bug: a small visible part of VRAM, partly taken and in pieces. */
export const noResizableBar = card(
  "amd-rx5700xt-windows-like",
  [
    { sizeBytes: 8321499136, deviceLocal: true },
    { sizeBytes: 8573157376, deviceLocal: false },
    { sizeBytes: 268435456, deviceLocal: true, budgetBytes: 181755904, largestFreeBytes: 120 << 20 },
  ],
  [
    [0x1, 0],
    [0x6, 1],
    [0x7, 2],
    [0xe, 1],
  ],
);

/** VRAM that the host sees, but only after flushing; reads back need invalidating. */
export const onlyNonCoherent = card(
  "only-non-coherent",
  [{ sizeBytes: 2 ** 32, deviceLocal: true }],
  [
    [0x1, 0],
    [0xb, 0],
  ],
);

/** One heap that is everything. */
export const unified = card(
  "unified",
  [{ sizeBytes: 2 ** 32, deviceLocal: true }],
  [
    [0x1, 0],
    [0x7, 0],
    [0xf, 0],
  ],
);
