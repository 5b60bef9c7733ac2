import { type Ledger, type Placement, placePieces } from "../../memory/index.js";
import { VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT } from "./bindings/generated/constants.js";
import { CommandPool, Recorder } from "./commands.js";
import type { Device } from "./device.js";
import { submissionOf } from "./queue.js";
import type { BufferMemory, VulkanMemory } from "./vulkan-memory.js";

const stagingSizeBytes = 8 << 20;

/** Copies between the host and memory it cannot see, through a small buffer that both can. One copy at a time. */
export class Staging {
  readonly #device: Device;
  readonly #pool: CommandPool;
  readonly #commands: bigint;
  readonly placement: Placement<BufferMemory>;
  readonly #memory: BufferMemory;
  #last: Promise<unknown> = Promise.resolve();

  /** Errors: memory-refused. */
  constructor(device: Device, memory: VulkanMemory, alignmentBytes: number, ledger: Ledger) {
    this.#device = device;
    const piece = {
      key: "staging",
      sizeBytes: stagingSizeBytes,
      purpose: "output",
      label: "staging",
    } as const;
    this.placement = placePieces(memory, [piece], alignmentBytes, ledger);
    this.#memory = this.placement.places.get("staging")!.memory;
    // the one command buffer is recorded anew for each copy
    this.#pool = new CommandPool(device, VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT);
    try {
      this.#commands = this.#pool.allocate();
    } catch (error) {
      this.#pool.destroy();
      throw error;
    }
  }

  write(to: bigint, offsetBytes: number, bytes: Uint8Array): Promise<void> {
    return this.#alone(async () => {
      for (let done = 0; done < bytes.byteLength; done += stagingSizeBytes) {
        const chunk = bytes.subarray(done, done + stagingSizeBytes);
        this.#memory.write(0, chunk);
        await this.#copy(this.#memory.buffer, 0, to, offsetBytes + done, chunk.byteLength);
      }
    });
  }

  read(from: bigint, offsetBytes: number, into: Uint8Array): Promise<void> {
    return this.#alone(async () => {
      for (let done = 0; done < into.byteLength; done += stagingSizeBytes) {
        const chunk = into.subarray(done, done + stagingSizeBytes);
        await this.#copy(from, offsetBytes + done, this.#memory.buffer, 0, chunk.byteLength);
        this.#memory.read(0, chunk);
      }
    });
  }

  async destroy(): Promise<void> {
    await this.#last;
    this.#pool.destroy();
    this.placement.free();
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
