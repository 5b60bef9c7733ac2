export {
  Allocator,
  type AllocatorOptions,
  MemoryRefusedError,
  type Move,
  type Placement,
  type Promotion,
} from "./allocator.js";
export { estimatedBandwidth, extraSecondsPerByte, type MemoryBandwidth } from "./bandwidth.js";
export { describeEntry, Ledger, type LedgerEntry, type LedgerRecord } from "./ledger.js";
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
export { picture } from "./picture.js";
export type { Block, Piece, Place } from "./piece.js";
export {
  type MemoryPlan,
  type PlannedBlock,
  type PlannedHeap,
  planOf,
} from "./plan.js";
export {
  type Answer,
  type DeviceResponses,
  type MemoryRecord,
  type MemoryReplay,
  type MemoryReport,
  type RecordedMemory,
  type RecordedRequest,
  RecordingAllocator,
  type ReplayedRequest,
  readReport,
  replay,
  reportFormat,
} from "./record/index.js";
export { leadingRows, type Rows, rowsKey } from "./rows.js";
export { neededAgainstAvailable, size } from "./size.js";
export { type MemorySnapshot, SnapshotDevice, takeSnapshot, withFreeBytes } from "./snapshot.js";
export type { Use } from "./uses.js";
