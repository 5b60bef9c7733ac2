import type { Card } from "../../../memory/simulate/card.js";
import type { Vulkan } from "../bindings/functions.js";
import type { VulkanCalls } from "../bindings/generated/calls.js";
import {
  VK_ERROR_EXTENSION_NOT_PRESENT,
  VK_ERROR_FEATURE_NOT_PRESENT,
} from "../bindings/generated/constants.js";
import * as structs from "../bindings/generated/structs.js";
import { decode, decodeArray, encode, type Struct } from "../bindings/layout.js";
import type { Pointer } from "../bindings/signature.js";
import { check } from "../result.js";
import { chainedTo, list, patch, readBytes, readText } from "./foreign-memory.js";

/** Structures of switches that can be chained to a query or to vkCreateDevice, by VkStructureType. */
export const featureStructs: ReadonlyMap<number, Struct> = new Map(
  (Object.values(structs) as readonly Struct[])
    .filter(({ name, type }) => /Features(KHR|EXT|NV)?$/.test(name) && type !== 0)
    .map((struct) => [struct.type, struct]),
);

/** Features and extensions of the device underneath, less those the card lacks. */
export function cardAbilities(card: Card, below: Vulkan): Partial<VulkanCalls> {
  const { features, extensions } = card;
  return {
    vkGetPhysicalDeviceFeatures2(device, pointer) {
      below.vkGetPhysicalDeviceFeatures2(device, pointer);
      if (!features) return;
      patch(pointer!, 0, structs.VkPhysicalDeviceFeatures2, {
        features: switchedOff(structs.VkPhysicalDeviceFeatures, features),
      });
      for (const { type, address } of chainedTo(pointer!)) {
        const struct = featureStructs.get(type);
        if (struct) patch(address, 0, struct, switchedOff(struct, features));
      }
    },
    vkEnumerateDeviceExtensionProperties(device, layer, count, into) {
      if (layer !== null || !extensions)
        return below.vkEnumerateDeviceExtensionProperties(device, layer, count, into);
      const kept = extensionsOf(below, device).filter(({ extensionName }) =>
        extensions.includes(extensionName),
      );
      return list(
        count,
        into,
        kept.map((extension) => encode(structs.VkExtensionProperties, extension)),
      );
    },
  };
}

/** What vkCreateDevice answers where it is asked for what the card lacks. */
export function refusalOf({ features, extensions }: Card, createInfo: Pointer): number | undefined {
  const type = structs.VkDeviceCreateInfo;
  const { enabledExtensionCount, ppEnabledExtensionNames } = decode(
    type,
    readBytes(createInfo!, type.sizeBytes),
  );
  for (let i = 0; i < enabledExtensionCount && extensions; i++) {
    const name = readText(readBytes(ppEnabledExtensionNames + BigInt(i * 8), 8).readBigUInt64LE());
    if (!extensions.includes(name)) return VK_ERROR_EXTENSION_NOT_PRESENT;
  }
  for (const chained of features ? chainedTo(createInfo!) : []) {
    const struct = featureStructs.get(chained.type);
    if (!struct) continue;
    const values = decode(struct, readBytes(chained.address, struct.sizeBytes));
    if (switches(struct).some((name) => values[name] !== 0 && !features!.includes(name)))
      return VK_ERROR_FEATURE_NOT_PRESENT;
  }
  return undefined;
}

function extensionsOf(below: Vulkan, device: bigint) {
  const count = Buffer.alloc(4);
  check(
    below.vkEnumerateDeviceExtensionProperties(device, null, count, null),
    "vkEnumerateDeviceExtensionProperties",
  );
  const bytes = Buffer.alloc(Math.max(1, count.readUInt32LE()) * structs.VkExtensionProperties.sizeBytes);
  check(
    below.vkEnumerateDeviceExtensionProperties(device, null, count, bytes),
    "vkEnumerateDeviceExtensionProperties",
  );
  return decodeArray(structs.VkExtensionProperties, bytes, count.readUInt32LE());
}

function switchedOff(struct: Struct, features: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    switches(struct)
      .filter((name) => !features.includes(name))
      .map((name) => [name, 0]),
  );
}

function switches(struct: Struct): string[] {
  return Object.keys(struct.fields).filter((name) => name !== "sType" && name !== "pNext");
}
