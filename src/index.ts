export type { AudioBufferLike, AudioInput, SampleArray, SampleStream, Samples } from "./audio/index.js";
export type { BackendDescription, MemoryUse } from "./backend/backend.js";
export type { DeviceFeatures, DeviceLimits, DeviceReport, DeviceType } from "./backend/vulkan/index.js";
export { type DeviceInfo, type DevicesOptions, devices } from "./engine/devices.js";
export { languages } from "./engine/languages.js";
export { type ModelInfo, models } from "./engine/models.js";
export type { DeviceOptions } from "./engine/open-backend.js";
export { type ModelMemoryPlan, type PlanMemoryOptions, planMemory } from "./engine/plan-memory.js";
export { type ReplayedReport, replayMemory } from "./engine/replay-memory.js";
export { type LoadOptions, Whisper } from "./engine/whisper.js";
export { type ErrorCode, WhisperVulkanError } from "./errors.js";
export { type FormatName, formats } from "./formats/index.js";
export type {
  Answer,
  DeviceResponses,
  HeapBudget,
  LedgerEntry,
  LedgerRecord,
  MemoryBandwidth,
  MemoryPlan,
  MemoryRecord,
  MemoryReplay,
  MemoryReport,
  Piece,
  PlannedBlock,
  PlannedHeap,
  RecordedMemory,
  RecordedRequest,
  ReplayedRequest,
  Rows,
  Use,
} from "./memory/index.js";
export type { Card, CardHeap, CardLimits } from "./memory/simulate/index.js";
export { type PullOptions, type PullPhase, type PullProgress, pull, removeModel } from "./model/index.js";
export type { Language, Progress, Segment, TranscribeOptions, TranscriptionResult } from "./whisper/index.js";
export { TranscriptionAbortedError } from "./whisper/index.js";
