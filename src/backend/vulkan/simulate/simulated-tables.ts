import type { Card } from "../../../memory/simulate/card.js";
import type { Vulkan } from "../bindings/functions.js";
import type { VulkanCalls } from "../bindings/generated/calls.js";
import { VK_INCOMPLETE, VK_SUCCESS } from "../bindings/generated/constants.js";
import { handles } from "../bindings/layout.js";
import type { Pointer } from "../bindings/signature.js";
import type { Tables } from "../instance.js";
import { cardAbilities, refusalOf } from "./card-abilities.js";
import { CardHeaps } from "./card-heaps.js";
import { CardMemory } from "./card-memory.js";
import { cardMemoryProperties } from "./card-memory-properties.js";
import { cardProperties } from "./card-properties.js";
import { type CountedTables, countingTables } from "./counting-tables.js";
import { list, readBytes } from "./foreign-memory.js";
import { replacing, watching } from "./layer.js";
import { realTypesOf } from "./real-types.js";
import { failing, type Script } from "./script.js";

/** A driver with one device, the card; counted as the program sees it. */
export type SimulatedTables = CountedTables;

/**
 * Wraps a driver so that the whole program, kernels included, sees another card: its heaps, types, limits and
 * refusals, on top of one of the driver's devices. A simulation can only take away: features, extensions and limits
 * are never more than the device underneath has; its subgroup size and its speed stay, and memory that it doesn't have
 * is refused. Breaking Vulkan's rules (unflushed atoms, unknown types, freeing twice) is an Error.
 */
export function simulatedTables(
  card: Card,
  real: Tables,
  script: Script = {},
  /** Which of the driver's devices, in its order. */
  deviceIndex = 0,
): SimulatedTables {
  checkMemoryOf(card);
  const heaps = new CardHeaps(card, script);
  const memory = new CardMemory(card, heaps);
  const replaced = replacing(real, (below) => ({
    ...oneDevice(below, deviceIndex, memory),
    ...cardProperties(card, below),
    ...cardAbilities(card, below),
    ...cardMemoryProperties(card, heaps),
    ...memory.calls(below),
  }));
  const strict = watching(replaced, {
    before: (name, parameters) =>
      name === "vkCreateDevice" ? refusalOf(card, parameters[1] as Pointer) : undefined,
  });
  return countingTables(failing(strict, script));
}

/** Hides all devices but the one underneath the card. */
function oneDevice(below: Vulkan, deviceIndex: number, memory: CardMemory): Partial<VulkanCalls> {
  return {
    vkEnumeratePhysicalDevices(instance, count, into) {
      const n = Buffer.alloc(4);
      let result = below.vkEnumeratePhysicalDevices(instance, n, null);
      if (result !== VK_SUCCESS) return result;
      const found = Buffer.alloc(Math.max(1, n.readUInt32LE()) * 8);
      result = below.vkEnumeratePhysicalDevices(instance, n, found);
      if (result !== VK_SUCCESS && result !== VK_INCOMPLETE) return result;
      const chosen = found.subarray(0, n.readUInt32LE() * 8).subarray(deviceIndex * 8, deviceIndex * 8 + 8);
      if (chosen.length === 0) return list(count, into, []);
      memory.realTypes = realTypesOf(below, chosen.readBigUInt64LE());
      return list(count, into, [handles(readBytes(chosen, 8).readBigUInt64LE())]);
    },
  };
}

function checkMemoryOf({ name, heaps, types }: Card): void {
  if (heaps.length > 16 || types.length > 32)
    throw new Error(`${name}: Vulkan has at most 16 heaps and 32 memory types`);
  if (types.some(({ heap }) => !heaps[heap])) throw new Error(`${name}: a memory type belongs to no heap`);
}
