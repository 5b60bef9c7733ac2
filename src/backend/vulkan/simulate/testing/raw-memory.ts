import * as structs from "../../bindings/generated/structs.js";
import { koffi } from "../../bindings/koffi.js";
import { encode } from "../../bindings/layout.js";
import { Device } from "../../device.js";
import { openInstance, physicalDevices, type Tables } from "../../instance.js";
import { queryDevice } from "../../query-device.js";

/** A device's memory by the driver's own calls, with nothing in between that checks budgets or flushes. */
export class RawMemory {
  readonly device: Device;

  private constructor(device: Device) {
    this.device = device;
  }

  static async open(tables: Tables): Promise<RawMemory> {
    const instance = await openInstance(tables);
    const [first] = await physicalDevices(instance);
    return new RawMemory(await Device.create(instance, first!, queryDevice(instance, first!)));
  }

  /** A handle, or the VkResult of a refusal. */
  allocate(memoryTypeIndex: number, allocationSize: number): bigint | number {
    const out = Buffer.alloc(8);
    const info = encode(structs.VkMemoryAllocateInfo, { allocationSize, memoryTypeIndex });
    const { vk, handle } = this.device;
    return vk.vkAllocateMemory(handle, info, null, out) || out.readBigUInt64LE();
  }

  free(memory: bigint | number): void {
    this.device.vk.vkFreeMemory(this.device.handle, memory as bigint, null);
  }

  /** What the host sees of memory, or the VkResult of a refusal. */
  map(memory: bigint | number, sizeBytes: number): Uint8Array | number {
    const out = Buffer.alloc(8);
    const { vk, handle } = this.device;
    const result = vk.vkMapMemory(handle, memory as bigint, 0, sizeBytes, 0, out);
    return result || new Uint8Array(koffi().view(out.readBigUInt64LE(), sizeBytes));
  }

  synchronise(what: "Flush" | "Invalidate", memory: bigint | number, offset: number, size: number): number {
    const { vk, handle } = this.device;
    const range = encode(structs.VkMappedMemoryRange, { memory: memory as bigint, offset, size });
    return vk[`vk${what}MappedMemoryRanges`](handle, 1, range);
  }

  /** Over all of some memory. */
  buffer(memory: bigint | number, size: number): bigint {
    const { vk, handle } = this.device;
    const out = Buffer.alloc(8);
    vk.vkCreateBuffer(handle, encode(structs.VkBufferCreateInfo, { size, usage: 3 }), null, out);
    const buffer = out.readBigUInt64LE();
    vk.vkBindBufferMemory(handle, buffer, memory as bigint, 0);
    return buffer;
  }

  destroyBuffer(buffer: bigint): void {
    this.device.vk.vkDestroyBuffer(this.device.handle, buffer, null);
  }
}
