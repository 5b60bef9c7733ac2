import { koffi } from "../bindings/koffi.js";
import { type MappedMemory, mappedMemory } from "../mapped-memory.js";

/** The poison in fresh memory: large negative numbers as f32 or f16, which spoil any result that reads them. */
export const poison = 0xcd;
const poisonChunk = Buffer.alloc(1 << 20, poison);

/** A mapped range, as vkFlushMappedMemoryRanges has it. */
export interface HostRange {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** The host's access to one VkDeviceMemory of the device underneath. */
export class HostWindow {
  readonly #address: bigint;
  readonly #mapped: MappedMemory;
  readonly #sizeBytes: number;
  /** Of memory that isn't coherent: what the host sees, while the device sees what is mapped. */
  readonly #shadow: Buffer | null;

  /** Fills the memory with poison. */
  constructor(address: bigint, sizeBytes: number, coherent: boolean) {
    this.#address = address;
    this.#sizeBytes = sizeBytes;
    this.#mapped = mappedMemory(address, sizeBytes);
    for (let at = 0; at < sizeBytes; at += poisonChunk.length)
      this.#mapped.write(at, poisonChunk.subarray(0, sizeBytes - at));
    this.#shadow = coherent ? null : Buffer.alloc(sizeBytes, poison);
  }

  /** What vkMapMemory gives. */
  get address(): bigint {
    return this.#shadow ? BigInt(koffi().address(this.#shadow)) : this.#address;
  }

  flush(range: HostRange, atomBytes: number): void {
    if (!this.#shadow) return;
    const { offsetBytes, sizeBytes } = this.#checked(range, atomBytes);
    this.#mapped.write(offsetBytes, this.#shadow.subarray(offsetBytes, offsetBytes + sizeBytes));
  }

  invalidate(range: HostRange, atomBytes: number): void {
    if (!this.#shadow) return;
    const { offsetBytes, sizeBytes } = this.#checked(range, atomBytes);
    this.#mapped.read(offsetBytes, this.#shadow.subarray(offsetBytes, offsetBytes + sizeBytes));
  }

  #checked({ offsetBytes, sizeBytes }: HostRange, atomBytes: number): HostRange {
    const end = offsetBytes + sizeBytes;
    const whole = (bytes: number) => bytes % Math.max(1, atomBytes) === 0;
    if (end > this.#sizeBytes || !whole(offsetBytes) || !(whole(sizeBytes) || end === this.#sizeBytes))
      throw new Error(
        `flushed or invalidated ${sizeBytes} bytes at ${offsetBytes} of ${this.#sizeBytes}: not whole atoms of ${atomBytes} bytes`,
      );
    return { offsetBytes, sizeBytes };
  }
}
