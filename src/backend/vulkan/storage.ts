import {
  flagNames,
  type Ledger,
  memoryFlags,
  type Piece,
  type Place,
  type Placement,
  placePieces,
} from "../../memory/index.js";
import type { Tensor } from "../../ops/tensor.js";
import type { MemoryManifest, MemoryUse, Storage } from "../backend.js";
import type { Device } from "./device.js";
import { type BytePart, partsOf, wholeTensor } from "./parts.js";
import type { Range } from "./plan.js";
import { Staging } from "./staging.js";
import type { BufferMemory, VulkanMemory } from "./vulkan-memory.js";

export interface StorageOptions {
  readonly alignmentBytes: number;
  /** No buffer range may be larger. */
  readonly maxBindingBytes: number;
  /** Weights larger than this are cut into parts. */
  readonly maxPartBytes: number;
}

const scratchKey = "\0scratch";
const heats = { token: 0, window: 1, once: 2 } as const;

/** All tensors of a manifest in device memory; what every token reads is placed first and so gets the best. */
export class VulkanStorage implements Storage {
  readonly #device: Device;
  readonly #memory: VulkanMemory;
  readonly #ledger: Ledger;
  readonly #options: StorageOptions;
  readonly #parts = new Map<string, readonly BytePart[]>();
  readonly #placement: Placement<BufferMemory>;
  #staging: Staging | null = null;

  /** Errors: memory-refused, device-lost. */
  constructor(
    device: Device,
    memory: VulkanMemory,
    manifest: MemoryManifest,
    ledger: Ledger,
    options: StorageOptions,
  ) {
    this.#device = device;
    this.#memory = memory;
    this.#ledger = ledger;
    this.#options = options;
    const pieces: Piece[] = [];
    for (const { tensor } of [...manifest.entries].sort(
      (a, b) => heats[a.tensor.heat] - heats[b.tensor.heat],
    )) {
      const parts = this.#cut(tensor);
      this.#parts.set(tensor.name, parts);
      for (const part of parts)
        pieces.push({ key: keyOf(tensor, part), sizeBytes: part.sizeBytes, ...useOf(tensor) });
    }
    if (manifest.scratchSizeBytes > 0)
      pieces.push({
        key: scratchKey,
        sizeBytes: manifest.scratchSizeBytes,
        purpose: "device",
        label: "scratch",
      });
    this.#placement = placePieces(memory, pieces, options.alignmentBytes, ledger);
  }

  parts(tensor: Tensor): readonly BytePart[] {
    return this.#parts.get(tensor.name) ?? this.#cut(tensor);
  }

  #cut(tensor: Tensor): readonly BytePart[] {
    const { maxPartBytes, maxBindingBytes } = this.#options;
    return tensor.role === "weight" ? partsOf(tensor, maxPartBytes) : wholeTensor(tensor, maxBindingBytes);
  }

  range(tensor: Tensor, part: number): Range<bigint> {
    const found = this.parts(tensor)[part];
    if (!found) throw new Error(`${tensor.name} has no part ${part}`);
    const { memory, offsetBytes, sizeBytes } = this.#place(keyOf(tensor, found));
    return { buffer: memory.buffer, offsetBytes, sizeBytes };
  }

  scratchRange(offsetBytes: number, sizeBytes: number): Range<bigint> {
    const arena = this.#place(scratchKey);
    if (offsetBytes + sizeBytes > arena.sizeBytes)
      throw new Error("scratch arena too small for this program");
    return { buffer: arena.memory.buffer, offsetBytes: arena.offsetBytes + offsetBytes, sizeBytes };
  }

  async write(tensor: Tensor, offsetBytes: number, data: Uint8Array): Promise<void> {
    for (const { place, at, start, end } of this.#pieces(tensor, offsetBytes, data.byteLength)) {
      const bytes = data.subarray(start, end);
      if (this.#hostSees(place)) place.memory.write(at, bytes);
      else await this.#throughStaging().write(place.memory.buffer, at, bytes);
    }
  }

  async read(tensor: Tensor, offsetBytes: number, into: Uint8Array): Promise<void> {
    for (const { place, at, start, end } of this.#pieces(tensor, offsetBytes, into.byteLength)) {
      const bytes = into.subarray(start, end);
      if (this.#hostSees(place)) place.memory.read(at, bytes);
      else await this.#throughStaging().read(place.memory.buffer, at, bytes);
    }
  }

  memory(): readonly MemoryUse[] {
    const uses = new Map<string, MemoryUse>();
    for (const { memory, label } of [...this.#placement.blocks, ...(this.#staging?.placement.blocks ?? [])]) {
      const { flags, heap } = this.#memory.types[memory.type]!;
      const where = `${flagNames(flags)}, heap ${heap}`;
      const known = uses.get(`${label} ${where}`)?.sizeBytes ?? 0;
      uses.set(`${label} ${where}`, { what: label, where, sizeBytes: known + memory.sizeBytes });
    }
    return [...uses.values()];
  }

  async dispose(): Promise<void> {
    await this.#staging?.destroy();
    this.#placement.free();
  }

  /** The parts of a tensor that a range of its bytes falls into; start and end count within that range. */
  *#pieces(tensor: Tensor, offsetBytes: number, length: number) {
    for (const part of this.parts(tensor)) {
      const first = Math.max(offsetBytes, part.firstByte);
      const last = Math.min(offsetBytes + length, part.firstByte + part.sizeBytes);
      if (first >= last) continue;
      const place = this.#place(keyOf(tensor, part));
      const at = place.offsetBytes + first - part.firstByte;
      yield { place, at, start: first - offsetBytes, end: last - offsetBytes };
    }
  }

  #place(key: string): Place<BufferMemory> {
    const place = this.#placement.places.get(key);
    if (!place) throw new Error(`${key.replace("\0", "")} is not in the manifest this storage was made for`);
    return place;
  }

  #hostSees({ memory }: Place<BufferMemory>): boolean {
    return (this.#memory.types[memory.type]!.flags & memoryFlags.hostVisible) !== 0;
  }

  #throughStaging(): Staging {
    this.#staging ??= new Staging(this.#device, this.#memory, this.#options.alignmentBytes, this.#ledger);
    return this.#staging;
  }
}

function keyOf(tensor: Tensor, part: BytePart): string {
  return `${tensor.name} ${part.index}`;
}

/** Inputs and outputs of a run lie where the host reaches them without a copy. */
function useOf({ role }: Tensor): Pick<Piece, "purpose" | "label"> {
  if (role === "input" || role === "output") return { purpose: role, label: `${role}s` };
  return { purpose: "device", label: role === "weight" ? "weights" : "state" };
}
