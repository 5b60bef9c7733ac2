import { describe, expect, it } from "vitest";
import type { Vulkan } from "./bindings/functions.js";
import * as structs from "./bindings/generated/structs.js";
import { encode, encodeArray } from "./bindings/layout.js";
import { listDevices, openVulkan } from "./index.js";
import type { Tables } from "./instance.js";

/** A physical device as this driver has it: its name and the flags of its one queue family. */
type Card = readonly [name: string, queueFlags: number];

const failed = { incompatibleDriver: -9, initializationFailed: -3 };

/** A loader of Vulkan 1.0 with the given cards; `fails` is a call and what it answers. */
function loader(cards: readonly Card[], fails: Partial<Record<keyof Vulkan, number>> = {}) {
  let instances = 0;
  const fill = (into: unknown, bytes: Buffer) => bytes.copy(into as Buffer);
  const count = (pointer: unknown, n: number) => {
    (pointer as Buffer).writeUInt32LE(n);
    return 0;
  };
  const calls: Partial<Vulkan> = {
    has: () => false,
    vkEnumerateInstanceExtensionProperties: (_layer, n) => count(n, 0),
    vkCreateInstance: (_info, _allocator, out) => {
      instances++;
      (out as Buffer).writeBigUInt64LE(1n);
      return 0;
    },
    vkDestroyInstance: () => void instances--,
    vkEnumeratePhysicalDevices: (_instance, n, out) => {
      count(n, cards.length);
      if (out) cards.forEach((_, i) => void (out as Buffer).writeBigUInt64LE(BigInt(i), i * 8));
      return 0;
    },
    vkGetPhysicalDeviceProperties: (card, into) => {
      const [deviceName] = cards[Number(card)]!;
      const apiVersion = 1 << 22;
      fill(into, encode(structs.VkPhysicalDeviceProperties, { deviceName, deviceType: 2, apiVersion }));
    },
    vkGetPhysicalDeviceMemoryProperties: () => {},
    vkEnumerateDeviceExtensionProperties: (_card, _layer, n) => count(n, 0),
    vkGetPhysicalDeviceQueueFamilyProperties: (card, n, into) => {
      count(n, 1);
      const queueFlags = cards[Number(card)]![1];
      if (into) fill(into, encodeArray(structs.VkQueueFamilyProperties, [{ queueFlags, queueCount: 1 }]));
    },
  };
  for (const [name, result] of Object.entries(fails)) Object.assign(calls, { [name]: () => result });
  const table = calls as Vulkan;
  const byName = calls as Record<string, (...parameters: unknown[]) => number>;
  table.callAsync = (async (name: string, ...parameters: unknown[]) =>
    byName[name]!(...parameters)) as Vulkan["callAsync"];
  const tables: Tables = { global: table, instance: () => table, device: () => table };
  return { tables, instances: () => instances };
}

describe("a loader", () => {
  it("lists what it finds, read the way Vulkan 1.0 has it", async () => {
    const { tables, instances } = loader([
      ["a card", 3],
      ["another", 1],
    ]);
    expect(
      (await listDevices(tables)).map(({ name, type, queueFamilies }) => [name, type, queueFamilies]),
    ).toEqual([
      ["a card", "discrete", [{ flags: 3, count: 1 }]],
      ["another", "discrete", [{ flags: 1, count: 1 }]],
    ]);
    expect(instances()).toBe(0);
  });

  it.each([
    [
      "without a driver",
      loader([], { vkCreateInstance: failed.incompatibleDriver }),
      "vulkan-unavailable",
      /no working driver/,
    ],
    ["without a device", loader([]), "vulkan-unavailable", /found no device/],
    [
      "without a device, of the older kind",
      loader([], { vkEnumeratePhysicalDevices: failed.initializationFailed }),
      "vulkan-unavailable",
      /found no device/,
    ],
    [
      "whose device can't compute",
      loader([["display only", 1]]),
      "device-unknown",
      /display only cannot compute/,
    ],
  ])(
    "%s is a clear error for an explicit device, and nothing stays open",
    async (_what, fake, code, message) => {
      const error = await openVulkan("0", {}, fake.tables).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code,
        message: expect.stringMatching(message),
        hint: expect.stringContaining("--device cpu"),
      });
      expect(fake.instances()).toBe(0);
    },
  );
});
