export { readReport } from "./read-report.js";
export { RecordingAllocator } from "./recording-allocator.js";
export { type MemoryReplay, type ReplayedRequest, replay } from "./replay.js";
export {
  type Answer,
  type DeviceResponses,
  type MemoryRecord,
  type MemoryReport,
  type RecordedMemory,
  type RecordedRequest,
  reportFormat,
} from "./report.js";
