import type { Vulkan } from "./bindings/functions.js";
import { VK_NOT_READY, VK_SUCCESS, VK_TIMEOUT } from "./bindings/generated/constants.js";
import { VkFenceCreateInfo, VkSubmitInfo } from "./bindings/generated/structs.js";
import { encode, handles } from "./bindings/layout.js";
import { check } from "./result.js";

/** Decoder steps end within this time: polling costs less than waking a waiting thread. */
const pollMs = 2;
/** A wait on another thread lasts at most this long, so that a process can end while a GPU hangs. */
const waitSliceNs = 100_000_000;

/** A command buffer's VkSubmitInfo, encoded once. */
export type Submission = Buffer;

export function submissionOf(commandBuffer: bigint): Submission {
  return encode(VkSubmitInfo, { commandBufferCount: 1, pCommandBuffers: handles(commandBuffer) });
}

/** The compute queue: one submission at a time, waited for without blocking the event loop. */
export class Queue {
  readonly #vk: Vulkan;
  readonly #device: bigint;
  readonly #queue: bigint;
  /** Software devices may do the work inside of vkQueueSubmit, so there it goes to another thread. */
  readonly #submitBlocks: boolean;
  readonly #fence: bigint;
  readonly #fences: Buffer;
  #last: Promise<unknown> = Promise.resolve();

  constructor(vk: Vulkan, device: bigint, queue: bigint, submitBlocks: boolean) {
    this.#vk = vk;
    this.#device = device;
    this.#queue = queue;
    this.#submitBlocks = submitBlocks;
    const out = Buffer.alloc(8);
    check(vk.vkCreateFence(device, encode(VkFenceCreateInfo), null, out), "vkCreateFence");
    this.#fence = out.readBigUInt64LE();
    this.#fences = handles(this.#fence);
  }

  /** Runs a submission after those before it; settles when the device is done. Errors: device-lost, vulkan-call-failed. */
  run(submission: Submission): Promise<void> {
    const done = this.#last.then(() => this.#runNow(submission));
    this.#last = done.catch(() => {}); // the caller gets the error; the next submission starts regardless
    return done;
  }

  async #runNow(submission: Submission): Promise<void> {
    const vk = this.#vk;
    check(vk.vkResetFences(this.#device, 1, this.#fences), "vkResetFences");
    const result = this.#submitBlocks
      ? await vk.callAsync("vkQueueSubmit", this.#queue, 1, submission, this.#fence)
      : vk.vkQueueSubmit(this.#queue, 1, submission, this.#fence);
    check(result, "vkQueueSubmit");
    const pollUntil = performance.now() + pollMs;
    do {
      const status = vk.vkGetFenceStatus(this.#device, this.#fence);
      if (status === VK_SUCCESS) return;
      if (status !== VK_NOT_READY) await this.#fail(status, "vkGetFenceStatus");
      await new Promise(setImmediate);
    } while (performance.now() < pollUntil);
    for (;;) {
      const status = await vk.callAsync("vkWaitForFences", this.#device, 1, this.#fences, 1, waitSliceNs);
      if (status === VK_SUCCESS) return;
      if (status !== VK_TIMEOUT) await this.#fail(status, "vkWaitForFences");
    }
  }

  /**
   * Neither a failed fence query nor a lost device means that the work has ended, and the caller who gets the error frees what
   * the work uses. So this first waits for the device. The result is ignored: there is no other way to wait.
   */
  async #fail(result: number, call: string): Promise<void> {
    await this.#vk.callAsync("vkDeviceWaitIdle", this.#device);
    check(result, call);
  }

  /** Settles when everything given to run() has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async destroy(): Promise<void> {
    await this.#last;
    this.#vk.vkDestroyFence(this.#device, this.#fence, null);
  }
}
