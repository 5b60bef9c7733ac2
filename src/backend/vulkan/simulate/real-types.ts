import { memoryFlags } from "../../../memory/index.js";
import type { Vulkan } from "../bindings/functions.js";
import { VkPhysicalDeviceMemoryProperties } from "../bindings/generated/structs.js";
import { decode } from "../bindings/layout.js";

const {
  deviceLocal,
  hostVisible,
  hostCoherent,
  hostCached,
  lazilyAllocated,
  protected: guarded,
} = memoryFlags;
const { deviceCoherentAmd, deviceUncachedAmd } = memoryFlags;

/** Memory that no plain buffer can be in, as the specification has it. */
export const noBuffer = lazilyAllocated | guarded;
/** Memory that needs a feature which is never switched on here. */
export const needsFeature = noBuffer | deviceCoherentAmd | deviceUncachedAmd;

/** Flags of the memory types of the device underneath. */
export function realTypesOf(below: Vulkan, physicalDevice: bigint): number[] {
  const bytes = Buffer.alloc(VkPhysicalDeviceMemoryProperties.sizeBytes);
  below.vkGetPhysicalDeviceMemoryProperties(physicalDevice, bytes);
  const { memoryTypes, memoryTypeCount } = decode(VkPhysicalDeviceMemoryProperties, bytes);
  return memoryTypes.slice(0, memoryTypeCount).map(({ propertyFlags }) => propertyFlags);
}

/**
 * Types of the device underneath that can stand in for one of the card, the most alike first. What the card's host
 * sees, the host must see coherently: that it may not be coherent on the card is the simulation's own doing.
 */
export function standIns(cardFlags: number, realTypes: readonly number[], realBits: number): number[] {
  const needed = cardFlags & hostVisible ? hostVisible | hostCoherent : 0;
  const likeness = (flags: number) =>
    [deviceLocal, hostVisible, hostCached].reduce(
      (sum, bit, i) => sum + ((flags & bit) === (cardFlags & bit) ? 4 >> i : 0),
      0,
    );
  return realTypes
    .map((flags, index) => ({ flags, index }))
    .filter(({ index }) => (realBits & (1 << index)) !== 0)
    .filter(({ flags }) => (flags & needed) === needed && (flags & needsFeature) === 0)
    .sort((a, b) => likeness(b.flags) - likeness(a.flags) || a.index - b.index)
    .map(({ index }) => index);
}
