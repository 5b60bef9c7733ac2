import { VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT } from "./bindings/generated/constants.js";
import { CommandPool, Recorder } from "./commands.js";
import type { Device } from "./device.js";
import { submissionOf } from "./queue.js";
import type { BufferMemory } from "./vulkan-memory.js";

/** Copies between the host and memory that it cannot access, through a small buffer that both can. One copy at a time. */
export class Staging {
  readonly #device: Device;
  readonly #pool: CommandPool;
  readonly #commands: bigint;
  readonly #memory: BufferMemory;
  #last: Promise<unknown> = Promise.resolve();

  /** memory: the staging buffer, as large as the largest copy; the caller keeps ownership. Errors: vulkan-call-failed. */
  constructor(device: Device, memory: BufferMemory) {
    this.#device = device;
    this.#memory = memory;
    // the one command buffer is recorded again for each copy
    this.#pool = new CommandPool(device, VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT);
    try {
      this.#commands = this.#pool.allocate();
    } catch (error) {
      this.#pool.destroy();
      throw error;
    }
  }

  /** What goes through at a time. */
  get sizeBytes(): number {
    return this.#memory.sizeBytes;
  }

  /** Between two places on the device. */
  move(from: bigint, fromOffset: number, to: bigint, toOffset: number, sizeBytes: number): Promise<void> {
    return this.#alone(() => this.#copy(from, fromOffset, to, toOffset, sizeBytes));
  }

  write(to: bigint, offsetBytes: number, bytes: Uint8Array): Promise<void> {
    return this.#alone(async () => {
      for (let done = 0; done < bytes.byteLength; done += this.#memory.sizeBytes) {
        const chunk = bytes.subarray(done, done + this.#memory.sizeBytes);
        this.#memory.write(0, chunk);
        await this.#copy(this.#memory.buffer, 0, to, offsetBytes + done, chunk.byteLength);
      }
    });
  }

  read(from: bigint, offsetBytes: number, into: Uint8Array): Promise<void> {
    return this.#alone(async () => {
      for (let done = 0; done < into.byteLength; done += this.#memory.sizeBytes) {
        const chunk = into.subarray(done, done + this.#memory.sizeBytes);
        await this.#copy(from, offsetBytes + done, this.#memory.buffer, 0, chunk.byteLength);
        this.#memory.read(0, chunk);
      }
    });
  }

  async destroy(): Promise<void> {
    await this.#last;
    this.#pool.destroy();
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {}); // the caller gets the error
    return done;
  }

  async #copy(
    from: bigint,
    fromOffset: number,
    to: bigint,
    toOffset: number,
    sizeBytes: number,
  ): Promise<void> {
    const recorder = new Recorder(this.#device, this.#commands);
    recorder.barrier("start");
    recorder.copy(from, fromOffset, to, toOffset, sizeBytes);
    recorder.barrier("host");
    recorder.end();
    await this.#device.queue.run(submissionOf(this.#commands));
  }
}
