import {
  VK_ACCESS_HOST_READ_BIT,
  VK_ACCESS_SHADER_READ_BIT,
  VK_ACCESS_SHADER_WRITE_BIT,
  VK_ACCESS_TRANSFER_READ_BIT,
  VK_ACCESS_TRANSFER_WRITE_BIT,
  VK_COMMAND_BUFFER_LEVEL_PRIMARY,
  VK_PIPELINE_BIND_POINT_COMPUTE,
  VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
  VK_PIPELINE_STAGE_HOST_BIT,
  VK_PIPELINE_STAGE_TRANSFER_BIT,
  VK_SHADER_STAGE_COMPUTE_BIT,
} from "./bindings/generated/constants.js";
import * as structs from "./bindings/generated/structs.js";
import { encode, handles } from "./bindings/layout.js";
import type { Device } from "./device.js";
import type { PipelineLayout } from "./pipelines.js";
import { check } from "./result.js";

const compute = {
  stage: VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
  read: VK_ACCESS_SHADER_READ_BIT,
  write: VK_ACCESS_SHADER_WRITE_BIT,
};
const transfer = {
  stage: VK_PIPELINE_STAGE_TRANSFER_BIT,
  read: VK_ACCESS_TRANSFER_READ_BIT,
  write: VK_ACCESS_TRANSFER_WRITE_BIT,
};
const device = {
  stage: compute.stage | transfer.stage,
  read: compute.read | transfer.read,
  write: compute.write | transfer.write,
};

/**
 * Memory dependencies that occur: what was written in the first scope is seen in the second, and what was
 * read there may be overwritten. What the host wrote before a submission is visible without any.
 */
const dependencies = {
  /** Between dispatches. */
  dispatch: dependency(compute.stage, compute.write, compute.stage, compute.read | compute.write),
  /** What earlier submissions wrote: a fence makes that available, but not visible to the next one. */
  start: dependency(device.stage, device.write, device.stage, device.read | device.write),
  /** Before the host reads. */
  host: dependency(device.stage, device.write, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT),
};

function dependency(from: number, written: number, to: number, accessed: number) {
  return {
    from,
    to,
    barrier: encode(structs.VkMemoryBarrier, { srcAccessMask: written, dstAccessMask: accessed }),
  };
}

/** A pool of command buffers that are recorded once and submitted any number of times. */
export class CommandPool {
  readonly #device: Device;
  readonly #pool: bigint;

  constructor(device: Device, flags = 0) {
    this.#device = device;
    const out = Buffer.alloc(8);
    const info = encode(structs.VkCommandPoolCreateInfo, { flags, queueFamilyIndex: device.queueFamily });
    check(device.vk.vkCreateCommandPool(device.handle, info, null, out), "vkCreateCommandPool");
    this.#pool = out.readBigUInt64LE();
  }

  allocate(): bigint {
    const { vk, handle } = this.#device;
    const out = Buffer.alloc(8);
    const info = encode(structs.VkCommandBufferAllocateInfo, {
      commandPool: this.#pool,
      level: VK_COMMAND_BUFFER_LEVEL_PRIMARY,
      commandBufferCount: 1,
    });
    check(vk.vkAllocateCommandBuffers(handle, info, out), "vkAllocateCommandBuffers");
    return out.readBigUInt64LE();
  }

  destroy(): void {
    this.#device.vk.vkDestroyCommandPool(this.#device.handle, this.#pool, null);
  }
}

/** Writes one command buffer from begin to end. */
export class Recorder {
  readonly #device: Device;
  readonly #commands: bigint;

  constructor(device: Device, commands: bigint) {
    this.#device = device;
    this.#commands = commands;
    check(
      device.vk.vkBeginCommandBuffer(commands, encode(structs.VkCommandBufferBeginInfo)),
      "vkBeginCommandBuffer",
    );
  }

  barrier(kind: keyof typeof dependencies): void {
    const { from, to, barrier } = dependencies[kind];
    this.#device.vk.vkCmdPipelineBarrier(this.#commands, from, to, 0, 1, barrier, 0, null, 0, null);
  }

  dispatch(
    pipeline: bigint,
    { layout }: PipelineLayout,
    descriptorSet: bigint,
    pushConstants: Int32Array,
    [x, y, z]: readonly [number, number, number],
  ): void {
    const { vk } = this.#device;
    const commands = this.#commands;
    vk.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
    vk.vkCmdBindDescriptorSets(
      commands,
      VK_PIPELINE_BIND_POINT_COMPUTE,
      layout,
      0,
      1,
      handles(descriptorSet),
      0,
      null,
    );
    if (pushConstants.length > 0) {
      const bytes = new Uint8Array(pushConstants.buffer, pushConstants.byteOffset, pushConstants.byteLength);
      vk.vkCmdPushConstants(commands, layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, bytes.byteLength, bytes);
    }
    vk.vkCmdDispatch(commands, x, y, z);
  }

  copy(from: bigint, fromOffset: number, to: bigint, toOffset: number, sizeBytes: number): void {
    const region = encode(structs.VkBufferCopy, {
      srcOffset: fromOffset,
      dstOffset: toOffset,
      size: sizeBytes,
    });
    this.#device.vk.vkCmdCopyBuffer(this.#commands, from, to, 1, region);
  }

  end(): void {
    check(this.#device.vk.vkEndCommandBuffer(this.#commands), "vkEndCommandBuffer");
  }
}
