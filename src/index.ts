export type { AudioInput } from "./audio/index.js";
export type { BackendDescription, MemoryUse } from "./backend/backend.js";
export type { DeviceOptions } from "./engine/open-backend.js";
export { type ModelMemoryPlan, type PlanMemoryOptions, planMemory } from "./engine/plan-memory.js";
export { type ReplayedReport, replayMemory } from "./engine/replay-memory.js";
export { type LoadOptions, Whisper } from "./engine/whisper.js";
export { type ErrorCode, WhisperVulkanError } from "./errors.js";
export { type FormatName, formats } from "./formats/index.js";
export type {
  LedgerRecord,
  MemoryBandwidth,
  MemoryPlan,
  MemoryReplay,
  MemoryReport,
  PlannedBlock,
  PlannedHeap,
  ReplayedRequest,
} from "./memory/index.js";
export type { PullPhase, PullProgress } from "./model/index.js";
export type { Progress, Segment, TranscribeOptions, TranscriptionResult } from "./whisper/index.js";
export { TranscriptionAbortedError } from "./whisper/index.js";
