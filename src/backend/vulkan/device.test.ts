import { expect, it } from "vitest";
import type { Card } from "../../memory/simulate/index.js";
import * as structs from "./bindings/generated/structs.js";
import { decode } from "./bindings/layout.js";
import { Device } from "./device.js";
import { openInstance, physicalDevices } from "./instance.js";
import { queryDevice } from "./query-device.js";
import { chainedTo, readBytes, readText } from "./simulate/foreign-memory.js";
import { watching } from "./simulate/layer.js";
import { mockTables } from "./simulate/mock/index.js";
import { unified } from "./simulate/testing/cards.js";

const pageable = "VK_EXT_pageable_device_local_memory";
const all: Card = {
  ...unified,
  features: ["memoryPriority", "pageableDeviceLocalMemory"],
  extensions: ["VK_EXT_memory_budget", "VK_EXT_memory_priority", pageable],
};

/** Creates a device on a card; returns what was asked of the driver, and whether memory is held to its budget. */
async function created(card: Card) {
  let extensions: string[] = [];
  let chain: number[] = [];
  const tables = watching(mockTables(card), {
    before(name, parameters) {
      if (name !== "vkCreateDevice") return undefined;
      const info = parameters[1] as Buffer;
      const type = structs.VkDeviceCreateInfo;
      const { enabledExtensionCount, ppEnabledExtensionNames } = decode(
        type,
        readBytes(info, type.sizeBytes),
      );
      extensions = Array.from({ length: enabledExtensionCount }, (_, i) =>
        readText(readBytes(ppEnabledExtensionNames + BigInt(i * 8), 8).readBigUInt64LE()),
      );
      chain = [...chainedTo(info)].map((chained) => chained.type);
      return undefined;
    },
  });
  const instance = await openInstance(tables);
  const [first] = await physicalDevices(instance);
  const report = queryDevice(instance, first!);
  const device = await Device.create(instance, first!, report);
  await device.destroy();
  const feature = chain.includes(structs.VkPhysicalDevicePageableDeviceLocalMemoryFeaturesEXT.type);
  return { extension: extensions.includes(pageable), feature };
}

it.each<[string, Partial<Card>, boolean]>([
  ["with priorities and budgets", {}, true],
  ["without budgets", { extensions: all.extensions!.slice(1) }, false],
  ["without priorities", { features: ["pageableDeviceLocalMemory"] }, false],
  ["where there is none", { features: ["memoryPriority"] }, false],
])("pageable memory, %s", async (_, change, used) => {
  expect(await created({ ...all, ...change })).toEqual({
    extension: used,
    feature: used,
  });
});
