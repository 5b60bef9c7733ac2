export type { AudioInput } from "./audio/index.js";
export type { BackendDescription, MemoryUse } from "./backend/backend.js";
export type { DeviceOptions } from "./engine/open-backend.js";
export { type LoadOptions, Whisper } from "./engine/whisper.js";
export { type ErrorCode, WhisperVulkanError } from "./errors.js";
export { type FormatName, formats } from "./formats/index.js";
export type { PullPhase, PullProgress } from "./model/index.js";
export type { Progress, Segment, TranscribeOptions, TranscriptionResult } from "./whisper/index.js";
export { TranscriptionAbortedError } from "./whisper/index.js";
