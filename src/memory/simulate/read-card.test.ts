import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../../errors.js";
import { largestSize } from "./fields.js";
import { readCard } from "./read-card.js";

const device = {
  name: "Card",
  type: "discrete",
  vendorId: "0x1002",
  driver: "its own 1.0",
  apiVersion: [1, 3],
};
const good = {
  name: "card",
  device,
  heaps: [
    { sizeBytes: 8321499136, deviceLocal: true },
    { sizeBytes: "8573157376", deviceLocal: false },
  ],
  types: [
    { flags: 1, heap: 0 },
    { flags: "0xE", heap: 1 },
  ],
  limits: { maxMemoryAllocationSize: "0x80000000" },
};
const heap = (fields: object) => ({ ...good, heaps: [good.heaps[0], { ...good.heaps[1], ...fields }] });

function refusal(json: unknown): { code: string; message: string; hint: string | null } {
  try {
    readCard(json, "card.json");
  } catch (error) {
    if (error instanceof WhisperVulkanError) return error;
    throw error;
  }
  throw new Error("was taken");
}

describe("readCard", () => {
  it("reads numbers as decimal and hexadecimal text, fills in what is not given and marks it", () => {
    const card = readCard(good, "card.json");
    expect(card).toMatchObject({
      device: { vendorId: 0x1002 },
      heaps: [{ sizeBytes: 8321499136 }, { sizeBytes: 8573157376 }],
      types: [{ flags: 1 }, { flags: 14 }],
      limits: { maxMemoryAllocationSize: 2 ** 31, maxMemoryAllocationCount: 4096, nonCoherentAtomSize: 256 },
      features: null,
      extensions: null,
      ramBytes: 8573157376,
    });
    expect(card.assumed).toContain("ramBytes");
    expect(card.assumed).toContain("limits.nonCoherentAtomSize");
    expect(card.assumed).not.toContain("limits.maxMemoryAllocationSize");
  });

  const unified = { ...good, heaps: [good.heaps[0]], types: [good.types[0]] };
  it("takes the whole heap for RAM where memory is unified", () => {
    expect(readCard(unified, "card.json").ramBytes).toBe(8321499136);
  });

  it.each<[what: string, json: unknown, field: string, value: number]>([
    ["a heap of 0 bytes", heap({ sizeBytes: 0 }), "heaps.1.sizeBytes", 0],
    ["a budget above the heap", heap({ budgetBytes: 1e12 }), "heaps.1.budgetBytes", 1e12],
    // what JSON.parse makes of 18446744073709551615
    ["a budget of 2^64 - 1", heap({ budgetBytes: 2 ** 64 }), "heaps.1.budgetBytes", largestSize],
    ["one as text", heap({ budgetBytes: "0xffffffffffffffff" }), "heaps.1.budgetBytes", largestSize],
    ["a vendor's flags", { ...good, types: [{ flags: 0x10001, heap: 0 }] }, "types.0.flags", 0x10001],
    [
      "an allocation limit of 0",
      limit("maxMemoryAllocationSize", 0),
      "limits.maxMemoryAllocationSize",
      2 ** 30,
    ],
    ["no allocations", limit("maxMemoryAllocationCount", 0), "limits.maxMemoryAllocationCount", 4096],
    ["buffers of 0 bytes", limit("maxBufferSize", 0), "limits.maxBufferSize", 2 ** 30],
    ["bindings of 0 bytes", limit("maxStorageBufferRange", 0), "limits.maxStorageBufferRange", 2 ** 27],
    ["atoms of 0 bytes", limit("nonCoherentAtomSize", 0), "limits.nonCoherentAtomSize", 256],
  ])("lives with %s", (_, json, field, value) => {
    const path = field.split(".");
    const found = path.reduce<unknown>(
      (at, key) => (at as Record<string, unknown>)[key],
      readCard(json, "x"),
    );
    expect(found).toBe(value);
  });

  it.each<[json: unknown, message: string]>([
    [null, "card.json: a card must be an object, not null"],
    [[], "card.json: a card must be an object, not a list"],
    [{}, "card.json: name is missing (text)"],
    [{ ...good, name: 1 }, "card.json: name must be text, not 1"],
    [
      { ...good, device: { ...device, type: "gpu" } },
      'card.json: device.type must be one of discrete, integrated, virtual, cpu, other, not "gpu"',
    ],
    [
      heap({ sizeBytes: "8 GB" }),
      'card.json: heaps[1].sizeBytes must be a whole number of bytes, not "8 GB"',
    ],
    [heap({ sizeBytes: -1 }), "card.json: heaps[1].sizeBytes must be a whole number of bytes, not -1"],
    [heap({ sizeBytes: 1.5 }), "card.json: heaps[1].sizeBytes must be a whole number of bytes, not 1.5"],
    [heap({ sizeBytes: 1e300 }), "card.json: heaps[1].sizeBytes must be a whole number of bytes, not 1e+300"],
    [heap({ deviceLocal: "yes" }), 'card.json: heaps[1].deviceLocal must be true or false, not "yes"'],
    [heap({ budgetByte: 1 }), "card.json: heaps[1].budgetByte is not a field of a card"],
    [{ ...good, types: [] }, "card.json: no memory type (types is empty)"],
    [{ ...good, types: undefined }, "card.json: types is missing (a list)"],
    [
      { ...good, types: [{ flags: 7, heap: 2 }] },
      "card.json: types[0].heap is 2, but there are 2 heaps, counted from 0",
    ],
    [
      { ...good, types: Array(33).fill(good.types[0]) },
      "card.json: types: 33 of them, Vulkan has at most 32",
    ],
    [
      limit("nonCoherentAtomSize", 3),
      "card.json: limits.nonCoherentAtomSize must be a power of two and at most 256, not 3",
    ],
    [
      limit("minStorageBufferOffsetAlignment", 512),
      "card.json: limits.minStorageBufferOffsetAlignment must be a power of two and at most 256, not 512",
    ],
  ])("says what is wrong with %j", (json, message) => {
    expect(refusal(json)).toMatchObject({ code: "card-invalid", message });
  });

  it("names the nearest field", () => {
    expect(refusal(heap({ budgetByte: 1 })).hint).toContain("budgetBytes");
  });

  it("reads back what it has read, and says in one line what it can't read", () => {
    const sizes = fc.oneof(
      fc.double(),
      fc.maxSafeNat(),
      fc.string(),
      fc.constantFrom(0, 2 ** 64, "0x10", null),
    );
    const value = fc.oneof(sizes, fc.jsonValue());
    const heaps = fc.array(fc.record({ sizeBytes: sizes, deviceLocal: fc.boolean(), budgetBytes: sizes }));
    const types = fc.array(fc.record({ flags: sizes, heap: fc.nat(3) }));
    const json = fc.oneof(
      fc.record({ ...recordOf(good), heaps: fc.oneof(heaps, value), types: fc.oneof(types, value) }),
      fc.record({
        ...recordOf(good),
        limits: fc.dictionary(fc.constantFrom("maxBufferSize", "subgroupSize"), value),
      }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(json, (input) => {
        try {
          const card = readCard(input, "x");
          expect(readCard(JSON.parse(JSON.stringify(card)), "x")).toEqual(card);
        } catch (error) {
          if (!(error instanceof WhisperVulkanError)) throw error;
          expect(error.code).toBe("card-invalid");
          expect(error.message).not.toContain("\n");
        }
      }),
    );
  });
});

function limit(name: string, value: number) {
  return { ...good, limits: { [name]: value } };
}

function recordOf(object: object): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fc.constant(value)]));
}
