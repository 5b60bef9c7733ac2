import { WhisperVulkanError } from "../errors.js";
import { climb, lastTries, type Purpose } from "./ladder.js";
import type { Ledger, LedgerEntry } from "./ledger.js";
import type { DeviceMemory, MemoryDevice } from "./memory-device.js";

/** A piece of memory wanted; pieces of one purpose and label share blocks. */
export interface Piece {
  readonly key: string;
  readonly sizeBytes: number;
  readonly purpose: Purpose;
  readonly label: string;
}

export interface Place<M extends DeviceMemory> {
  readonly memory: M;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** Where every piece lies. Freed as a whole. */
export interface Placement<M extends DeviceMemory> {
  readonly places: ReadonlyMap<string, Place<M>>;
  readonly blocks: readonly { readonly memory: M; readonly label: string }[];
  free(): void;
}

/** Blocks of moderate size find room where one large allocation would not, and move out of VRAM one by one. */
const blockSizeBytes = 256 << 20;

/** No memory was to be had; carries the record of what was tried. */
export class MemoryRefusedError extends WhisperVulkanError {
  readonly ledger: readonly LedgerEntry[];

  constructor(piece: Piece, ledger: Ledger) {
    super(
      "memory-refused",
      `no memory for ${piece.label} (${piece.key}, ${piece.sizeBytes} bytes): ${lastTries(ledger)}`,
      {
        hint: "close other programs that use the GPU, take a smaller model, or use --device cpu",
      },
    );
    this.ledger = [...ledger.entries];
  }
}

/**
 * Places all pieces, in order, in blocks got through the ladder: all or nothing. A piece never straddles two
 * blocks. Errors: memory-refused (with the ledger), device-lost.
 */
export function placePieces<M extends DeviceMemory>(
  device: MemoryDevice<M>,
  pieces: readonly Piece[],
  alignmentBytes: number,
  ledger: Ledger,
): Placement<M> {
  const places = new Map<string, Place<M>>();
  const blocks: { memory: M; label: string }[] = [];
  const free = () => {
    for (const { memory } of blocks.splice(0)) memory.free();
  };
  const aligned = (sizeBytes: number) => Math.ceil(sizeBytes / alignmentBytes) * alignmentBytes;
  const groupOf = ({ purpose, label }: Piece) => `${purpose} ${label}`;
  const groups = new Map<string, Piece[]>();
  for (const piece of pieces) groups.set(groupOf(piece), [...(groups.get(groupOf(piece)) ?? []), piece]);
  let hostBytesHeld = 0;
  try {
    for (const group of groups.values()) {
      let remaining = group.reduce((sum, piece) => sum + aligned(piece.sizeBytes), 0);
      let block: M | null = null;
      let used = 0;
      for (const piece of group) {
        const sizeBytes = aligned(piece.sizeBytes);
        if (!block || used + sizeBytes > block.sizeBytes) {
          if (blocks.length >= device.limits.maxAllocationCount) throw new MemoryRefusedError(piece, ledger);
          const wanted = Math.max(
            sizeBytes,
            Math.min(remaining, blockSizeBytes, device.limits.maxAllocationSizeBytes),
          );
          const claim = {
            purpose: piece.purpose,
            label: piece.label,
            sizeBytes: wanted,
            leastBytes: sizeBytes,
          };
          block = climb(device, claim, ledger, hostBytesHeld);
          if (!block) throw new MemoryRefusedError(piece, ledger);
          blocks.push({ memory: block, label: piece.label });
          if (!device.heaps[device.types[block.type]!.heap]!.deviceLocal) hostBytesHeld += block.sizeBytes;
          used = 0;
        }
        places.set(piece.key, { memory: block, offsetBytes: used, sizeBytes: piece.sizeBytes });
        used += sizeBytes;
        remaining -= sizeBytes;
      }
    }
  } catch (error) {
    free();
    throw error;
  }
  return { places, blocks, free };
}
