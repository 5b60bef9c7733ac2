import type { VulkanCalls } from "../../bindings/generated/calls.js";
import { VK_SUCCESS } from "../../bindings/generated/constants.js";
import * as structs from "../../bindings/generated/structs.js";
import { decode, decodeArray, handles } from "../../bindings/layout.js";
import { handlesAt, readBytes, writeBytes } from "../foreign-memory.js";
import { memoryMayHaveChanged } from "./contents.js";
import type { BoundRange } from "./mock-descriptors.js";
import { dispatchedStep } from "./reference-kernels.js";
import { runStep } from "./run-step.js";

/** What command buffers reach when they are executed. */
interface Reach {
  bytesOf(range: BoundRange): Buffer;
  rangesOf(descriptorSet: bigint): readonly BoundRange[];
}

interface CommandBuffer {
  readonly pool: bigint;
  work: (() => void)[];
  /** What the next dispatch is to see. */
  set: bigint;
  pushConstants: Buffer;
}

const empty = () => ({ work: [], set: 0n, pushConstants: Buffer.alloc(0) });

interface MockCommands {
  readonly calls: Partial<VulkanCalls>;
  /** Does what was recorded. Error: its pool is destroyed. */
  execute(commands: bigint): void;
}

/** Command buffers that remember copies and dispatches. Of dispatches only those of reference kernels do anything. */
export function mockCommands(newHandle: () => bigint, { bytesOf, rangesOf }: Reach): MockCommands {
  const recorded = new Map<bigint, CommandBuffer>();
  const known = (handle: bigint) => {
    const commands = recorded.get(handle);
    if (!commands)
      throw new Error(`there is no command buffer 0x${handle.toString(16)}, or its pool is destroyed`);
    return commands;
  };
  const nothing = () => {};
  return {
    execute(commands) {
      for (const step of known(commands).work) step();
    },
    calls: {
      vkCreateCommandPool(_device, _info, _allocator, out) {
        writeBytes(out!, handles(newHandle()));
        return VK_SUCCESS;
      },
      vkDestroyCommandPool(_device, destroyed) {
        for (const [handle, { pool }] of recorded) if (pool === destroyed) recorded.delete(handle);
      },
      vkAllocateCommandBuffers(_device, info, out) {
        const type = structs.VkCommandBufferAllocateInfo;
        const { commandPool: pool, commandBufferCount } = decode(type, readBytes(info!, type.sizeBytes));
        const made = Array.from({ length: commandBufferCount }, newHandle);
        for (const handle of made) recorded.set(handle, { pool, ...empty() });
        writeBytes(out!, handles(...made));
        return VK_SUCCESS;
      },
      vkBeginCommandBuffer(commands) {
        Object.assign(known(commands), empty());
        return VK_SUCCESS;
      },
      vkEndCommandBuffer: () => VK_SUCCESS,
      vkCmdBindPipeline: nothing,
      vkCmdBindDescriptorSets(commands, _point, _layout, _first, count, sets) {
        known(commands).set = handlesAt(sets, count)[0]!;
      },
      vkCmdPushConstants(commands, _layout, _stages, _offset, size, values) {
        known(commands).pushConstants = readBytes(values!, size);
      },
      vkCmdDispatch(commands) {
        const { work, set, pushConstants } = known(commands);
        const number = dispatchedStep(pushConstants);
        if (number !== null) work.push(() => runStep(number, rangesOf(set).map(bytesOf)));
      },
      vkCmdPipelineBarrier: nothing,
      vkCmdCopyBuffer(commands, from, to, count, pointer) {
        const type = structs.VkBufferCopy;
        for (const region of decodeArray(type, readBytes(pointer!, count * type.sizeBytes), count)) {
          const sizeBytes = Number(region.size);
          const source = { buffer: from, offsetBytes: Number(region.srcOffset), sizeBytes };
          const target = { buffer: to, offsetBytes: Number(region.dstOffset), sizeBytes };
          known(commands).work.push(() => {
            bytesOf(target).set(bytesOf(source));
            memoryMayHaveChanged();
          });
        }
      },
    },
  };
}
