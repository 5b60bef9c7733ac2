import { WhisperVulkanError } from "../../errors.js";
import type { Executable } from "../backend.js";
import { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER } from "./bindings/generated/constants.js";
import * as structs from "./bindings/generated/structs.js";
import { encode, encodeArray, handles } from "./bindings/layout.js";
import { CommandPool, Recorder } from "./commands.js";
import type { Device } from "./device.js";
import type { Pipelines } from "./pipelines.js";
import type { PlannedDispatch, Range } from "./plan.js";
import { type Submission, submissionOf } from "./queue.js";
import { check } from "./result.js";

/** A program recorded into command buffers. Running it means submitting them, one after the other. */
export class VulkanExecutable implements Executable {
  readonly #device: Device;
  readonly #pool: CommandPool;
  readonly #descriptorPool: bigint;
  readonly #submissions: readonly Submission[];
  /** Barriers between dispatches. */
  readonly nBarriers: number;

  private constructor(
    device: Device,
    pool: CommandPool,
    descriptorPool: bigint,
    submissions: readonly Submission[],
    nBarriers: number,
  ) {
    this.#device = device;
    this.#pool = pool;
    this.#descriptorPool = descriptorPool;
    this.#submissions = submissions;
    this.nBarriers = nBarriers;
  }

  /**
   * Makes the pipelines, binds the buffers, records. dropBarrier leaves out the n-th barrier between
   * dispatches, to prove that validation would notice. Errors: vulkan-call-failed, device-lost.
   */
  static async record(
    device: Device,
    pipelines: Pipelines,
    plan: readonly (readonly PlannedDispatch<bigint>[])[],
    dropBarrier = -1,
  ): Promise<VulkanExecutable> {
    const made = await Promise.all(
      plan.flat().map(({ dispatch, bindings }) => pipelines.get({ ...dispatch, nBuffers: bindings.length })),
    );
    const undo: (() => void)[] = [];
    try {
      const { pool: descriptorPool, sets } = descriptorSets(device, pipelines, plan.flat(), undo);
      const pool = new CommandPool(device);
      undo.push(() => pool.destroy());
      let nth = 0;
      let nBarriers = 0;
      const submissions = plan.map((dispatches, i) => {
        const commands = pool.allocate();
        const recorder = new Recorder(device, commands);
        recorder.barrier("start");
        for (const { dispatch, bindings, barrierBefore } of dispatches) {
          if (barrierBefore && nBarriers++ !== dropBarrier) recorder.barrier("dispatch");
          const layout = pipelines.layout(bindings.length);
          recorder.dispatch(made[nth]!, layout, sets[nth]!, dispatch.pushConstants, dispatch.groups);
          nth++;
        }
        if (i === plan.length - 1) recorder.barrier("host");
        recorder.end();
        return submissionOf(commands);
      });
      return new VulkanExecutable(device, pool, descriptorPool, submissions, nBarriers);
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    }
  }

  async run(signal?: AbortSignal): Promise<void> {
    for (const submission of this.#submissions) {
      if (signal?.aborted)
        throw new WhisperVulkanError("aborted", "Stopped on request", { cause: signal.reason });
      await this.#device.queue.run(submission);
    }
  }

  dispose(): void {
    this.#pool.destroy();
    this.#device.vk.vkDestroyDescriptorPool(this.#device.handle, this.#descriptorPool, null);
  }
}

/** One descriptor set a dispatch; dispatches that bind the same ranges share one. `undo` learns how to free them. */
function descriptorSets(
  device: Device,
  pipelines: Pipelines,
  dispatches: readonly PlannedDispatch<bigint>[],
  undo: (() => void)[],
) {
  const { vk, handle } = device;
  const keys = dispatches.map(({ bindings }) =>
    bindings.map((b) => `${b.buffer} ${b.offsetBytes} ${b.sizeBytes}`).join(),
  );
  const distinct = new Map<string, readonly Range<bigint>[]>();
  keys.forEach((key, i) => {
    distinct.set(key, dispatches[i]!.bindings);
  });
  const nDescriptors = [...distinct.values()].reduce((sum, bindings) => sum + bindings.length, 0);
  const size = { type: VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, descriptorCount: nDescriptors };
  const out = Buffer.alloc(8);
  const poolInfo = encode(structs.VkDescriptorPoolCreateInfo, {
    maxSets: distinct.size,
    poolSizeCount: 1,
    pPoolSizes: encode(structs.VkDescriptorPoolSize, size),
  });
  check(vk.vkCreateDescriptorPool(handle, poolInfo, null, out), "vkCreateDescriptorPool");
  const pool = out.readBigUInt64LE();
  undo.push(() => vk.vkDestroyDescriptorPool(handle, pool, null));
  const sets = new Map<string, bigint>();
  for (const [key, bindings] of distinct) {
    const layout = pipelines.layout(bindings.length).set;
    const info = encode(structs.VkDescriptorSetAllocateInfo, {
      descriptorPool: pool,
      descriptorSetCount: 1,
      pSetLayouts: handles(layout),
    });
    check(vk.vkAllocateDescriptorSets(handle, info, out), "vkAllocateDescriptorSets");
    const set = out.readBigUInt64LE();
    const ranges = bindings.map(({ buffer, offsetBytes, sizeBytes }) => ({
      buffer,
      offset: offsetBytes,
      range: sizeBytes,
    }));
    const write = encode(structs.VkWriteDescriptorSet, {
      dstSet: set,
      descriptorCount: bindings.length,
      descriptorType: VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      pBufferInfo: encodeArray(structs.VkDescriptorBufferInfo, ranges),
    });
    vk.vkUpdateDescriptorSets(handle, 1, write, 0, null);
    sets.set(key, set);
  }
  return { pool, sets: keys.map((key) => sets.get(key)!) };
}
