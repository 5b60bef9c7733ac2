import { describe, expect, it } from "vitest";
import type { Card } from "../../../memory/simulate/card.js";
import * as structs from "../bindings/generated/structs.js";
import { cString, encode, handles } from "../bindings/layout.js";
import { listDevices } from "../index.js";
import { openInstance, physicalDevices } from "../instance.js";
import { simulatedTables } from "./index.js";
import { mockTables } from "./mock/index.js";
import { noResizableBar, unified } from "./testing/cards.js";

const only = async (tables: ReturnType<typeof mockTables>) => (await listDevices(tables))[0]!;

describe("what a program sees of a simulated card", () => {
  it("is the card", async () => {
    const card: Card = {
      ...noResizableBar,
      device: {
        name: "A card",
        type: "integrated",
        vendorId: 0x10de,
        driver: "made up 1",
        apiVersion: [1, 2],
      },
      limits: { ...noResizableBar.limits, maxStorageBufferRange: 2 ** 27, subgroupSize: 64 },
    };
    expect(await only(mockTables(card))).toMatchObject({
      ...card.device,
      heaps: card.heaps.map(({ sizeBytes, deviceLocal }) => ({ sizeBytes, deviceLocal })),
      memoryTypes: card.types,
      limits: { ...card.limits },
    });
  });

  it("is never more than the device underneath has", async () => {
    const weak: Card = {
      ...unified,
      device: { ...unified.device, name: "a long name of the device underneath", apiVersion: [1, 1] },
      features: ["shaderFloat16", "memoryPriority"],
      extensions: ["VK_KHR_shader_float16_int8", "VK_EXT_memory_priority", "VK_KHR_maintenance4"],
      limits: {
        ...unified.limits,
        maxStorageBufferRange: 1000,
        maxMemoryAllocationSize: 2000,
        maxBufferSize: 3000,
        minStorageBufferOffsetAlignment: 256,
        maxComputeSharedMemorySize: 16384,
        subgroupSize: 8,
      },
    };
    const strong: Card = {
      ...unified,
      device: { ...unified.device, name: "short", apiVersion: [1, 4] },
      limits: {
        ...unified.limits,
        maxBufferSize: 2 ** 64,
        maxComputeSharedMemorySize: 49152,
        subgroupSize: 32,
      },
    };
    const { name, apiVersion, features, extensions, limits } = await only(
      simulatedTables(strong, mockTables(weak)),
    );
    expect({ name, apiVersion }).toEqual({ name: "short", apiVersion: [1, 1] });
    expect(extensions).toEqual(weak.extensions);
    expect(features).toMatchObject({
      shaderFloat16: true,
      storageBuffer16BitAccess: false,
      vulkanMemoryModel: false,
    });
    expect(limits).toMatchObject({
      maxStorageBufferRange: 1000,
      maxMemoryAllocationSize: 2000,
      minStorageBufferOffsetAlignment: 256,
      maxSharedMemorySize: 16384,
      subgroupSize: 8,
    });
  });

  it("is without the card's missing features and extensions, which can't be switched on either", async () => {
    const card = { ...unified, features: ["shaderFloat16"], extensions: ["VK_KHR_shader_float16_int8"] };
    const tables = mockTables(card);
    expect(await only(tables)).toMatchObject({
      extensions: card.extensions,
      features: { shaderFloat16: true, storageBuffer16BitAccess: false, memoryPriority: false },
    });
    const instance = await openInstance(tables);
    const [device] = await physicalDevices(instance);
    const create = (info: Parameters<typeof encode<typeof structs.VkDeviceCreateInfo>>[1]) => {
      const encoded = encode(structs.VkDeviceCreateInfo, info);
      return instance.vk.vkCreateDevice(device!, encoded, null, Buffer.alloc(8));
    };
    const extension = (name: string) => ({
      enabledExtensionCount: 1,
      ppEnabledExtensionNames: handles(cString(name)),
    });
    expect(create(extension("VK_KHR_shader_float16_int8"))).toBe(0);
    expect(create(extension("VK_EXT_memory_budget"))).toBe(-7);
    const feature = { storageBuffer16BitAccess: 1 };
    expect(create({ pNext: encode(structs.VkPhysicalDevice16BitStorageFeatures, feature) })).toBe(-8);
  });

  it.each([
    ["a type in no heap", { types: [{ flags: 1, heap: 3 }] }],
    ["too many heaps", { heaps: Array(17).fill(unified.heaps[0]) }],
  ])("is an Error for a card with %s", (_, change) => {
    expect(() => mockTables({ ...unified, ...change })).toThrow("unified: ");
  });
});
