import type { Allocator, Move, Placement } from "../../memory/index.js";
import { BackOff } from "./back-off.js";
import type { Staging } from "./staging.js";
import type { BufferMemory } from "./vulkan-memory.js";

/** Moves spilled memory back into the device's memory once there has been room for long enough. */
export class Promotions {
  readonly #allocator: Allocator<BufferMemory>;
  readonly #backOff = new BackOff();

  constructor(allocator: Allocator<BufferMemory>) {
    this.#allocator = allocator;
  }

  /** Called once per window: whether it is time to try. */
  due(placement: Placement<BufferMemory>): boolean {
    const allocator = this.#allocator;
    return allocator.hasSpilled(placement) && this.#backOff.due(allocator.hasRoom(placement));
  }

  /** Takes memory, copies and compares the copy; true if places have changed. Errors: device-lost, memory-refused. */
  async run(placement: Placement<BufferMemory>, staging: Staging, onCopied: () => void): Promise<boolean> {
    const promotion = this.#allocator.promote(placement);
    if (!promotion) return this.inVain();
    let same = true;
    try {
      for (const move of promotion.moves) same &&= await arrives(move, staging, onCopied);
    } catch (error) {
      promotion.undo("copying failed");
      throw error;
    }
    if (!same) {
      promotion.undo("the copy differs from the original");
      return this.inVain();
    }
    promotion.keep();
    this.#backOff.succeeded();
    return true;
  }

  /** A try that moved nothing, so the next one comes later. */
  inVain(): false {
    this.#backOff.failed();
    return false;
  }
}

/** Copies on the device; both are read back, since only that shows what the device has. */
async function arrives(
  { from, to }: Move<BufferMemory>,
  staging: Staging,
  onCopied: () => void,
): Promise<boolean> {
  await staging.move(from.memory.buffer, from.offsetBytes, to.memory.buffer, to.offsetBytes, to.sizeBytes);
  const sent = Buffer.alloc(Math.min(staging.sizeBytes, to.sizeBytes));
  const arrived = Buffer.alloc(sent.byteLength);
  for (let done = 0; done < to.sizeBytes; done += sent.byteLength) {
    const length = Math.min(sent.byteLength, to.sizeBytes - done);
    await staging.read(from.memory.buffer, from.offsetBytes + done, sent.subarray(0, length));
    await staging.read(to.memory.buffer, to.offsetBytes + done, arrived.subarray(0, length));
    if (sent.compare(arrived, 0, length, 0, length) !== 0) return false;
    onCopied();
  }
  return true;
}
