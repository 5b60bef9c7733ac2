export { MemoryRefusedError, type Piece, type Place, type Placement, placePieces } from "./blocks.js";
export type { Purpose } from "./ladder.js";
export { describeEntry, Ledger, type LedgerEntry } from "./ledger.js";
export {
  type DeviceMemory,
  flagNames,
  type HeapBudget,
  type MemoryDevice,
  type MemoryHeap,
  type MemoryLimits,
  type MemoryType,
  memoryFlags,
  type Refusal,
} from "./memory-device.js";
