import type { Card } from "../../../memory/simulate/card.js";
import type { Vulkan } from "../bindings/functions.js";
import type { VulkanCalls } from "../bindings/generated/calls.js";
import * as structs from "../bindings/generated/structs.js";
import { decode } from "../bindings/layout.js";
import type { Pointer } from "../bindings/signature.js";
import { chainedTo, patch, readBytes } from "./foreign-memory.js";

/** Where the structure of Vulkan 1.0 is in the one that can be chained to. */
export const nestedOffset = 16;
const deviceTypes = ["other", "integrated", "discrete", "virtual", "cpu"] as const;

/** A card's name, version and limits over those of the device underneath; the smaller of two limits holds. */
export function cardProperties(card: Card, below: Vulkan): Partial<VulkanCalls> {
  return {
    vkGetPhysicalDeviceProperties(device, properties) {
      below.vkGetPhysicalDeviceProperties(device, properties);
      patchBasics(card, properties!, 0);
    },
    vkGetPhysicalDeviceProperties2(device, properties) {
      below.vkGetPhysicalDeviceProperties2(device, properties);
      patchBasics(card, properties!, nestedOffset);
      for (const { type, address } of chainedTo(properties!)) patchChained(card, type, address);
    },
  };
}

function patchBasics(card: Card, properties: Exclude<Pointer, null>, offset: number): void {
  const type = structs.VkPhysicalDeviceProperties;
  const real = decode(type, readBytes(properties, offset + type.sizeBytes), offset);
  const { limits } = card;
  const [major, minor] = card.device.apiVersion;
  patch(properties, offset, type, {
    apiVersion: Math.min(real.apiVersion, (major << 22) | (minor << 12) | (real.apiVersion & 0xfff)),
    vendorID: card.device.vendorId,
    deviceType: deviceTypes.indexOf(card.device.type),
    // the name below may be longer: it ends here
    deviceName: `${card.device.name}\0`,
    limits: {
      maxStorageBufferRange: smaller32(limits.maxStorageBufferRange, real.limits.maxStorageBufferRange),
      maxMemoryAllocationCount: smaller32(
        limits.maxMemoryAllocationCount,
        real.limits.maxMemoryAllocationCount,
      ),
      maxComputeSharedMemorySize: smaller32(
        limits.maxComputeSharedMemorySize,
        real.limits.maxComputeSharedMemorySize,
      ),
      maxComputeWorkGroupInvocations: smaller32(
        limits.maxComputeWorkGroupInvocations,
        real.limits.maxComputeWorkGroupInvocations,
      ),
      minStorageBufferOffsetAlignment: Math.max(
        limits.minStorageBufferOffsetAlignment,
        Number(real.limits.minStorageBufferOffsetAlignment),
      ),
      nonCoherentAtomSize: Math.max(limits.nonCoherentAtomSize, Number(real.limits.nonCoherentAtomSize)),
    },
  });
}

/** The subgroup size stays: kernels run on the device underneath, with its subgroups. */
function patchChained({ device, limits }: Card, type: number, address: bigint): void {
  const { VkPhysicalDeviceMaintenance3Properties, VkPhysicalDeviceMaintenance4Properties } = structs;
  const { VkPhysicalDeviceDriverProperties } = structs;
  if (type === VkPhysicalDeviceMaintenance3Properties.type) {
    const real = read(VkPhysicalDeviceMaintenance3Properties, address).maxMemoryAllocationSize;
    const size = smaller64(limits.maxMemoryAllocationSize, real);
    patch(address, 0, VkPhysicalDeviceMaintenance3Properties, { maxMemoryAllocationSize: size });
  }
  if (type === VkPhysicalDeviceMaintenance4Properties.type) {
    const real = read(VkPhysicalDeviceMaintenance4Properties, address).maxBufferSize;
    const size = smaller64(limits.maxBufferSize, real);
    patch(address, 0, VkPhysicalDeviceMaintenance4Properties, { maxBufferSize: size });
  }
  if (type === VkPhysicalDeviceDriverProperties.type)
    patch(address, 0, VkPhysicalDeviceDriverProperties, {
      driverName: `${device.driver}\0`,
      driverInfo: "\0",
    });
}

function read<
  S extends
    | typeof structs.VkPhysicalDeviceMaintenance3Properties
    | typeof structs.VkPhysicalDeviceMaintenance4Properties,
>(type: S, address: bigint) {
  return decode(type, readBytes(address, type.sizeBytes));
}

/** 0 on the card is 0 to the program too: it must cope with that. */
function smaller32(card: number | undefined, real: number): number {
  return Math.min(card ?? real, real || 0xffffffff, 0xffffffff);
}

function smaller64(card: number, real: bigint): bigint {
  const most = real || 0xffffffffffffffffn;
  return card >= 2 ** 64 || BigInt(Math.floor(card)) > most ? most : BigInt(Math.floor(card));
}
