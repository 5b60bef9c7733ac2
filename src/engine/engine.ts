import type { BackendDescription, MemoryUse } from "../backend/backend.js";
import type { MemoryPlan, MemoryReport } from "../memory/index.js";
import type { WindowJob, WindowResult } from "../whisper/index.js";

/** What an engine reports about itself: plain data. */
export interface EngineState {
  readonly device: BackendDescription;
  readonly memory: readonly MemoryUse[];
  /** Null on the CPU. A new object whenever the state changes: device, memory or what is stored where. */
  readonly memoryPlan: MemoryPlan | null;
  /** The record of a GPU's memory, also of a GPU that refused and was replaced by the CPU; null: no GPU was tried. */
  readonly memoryReport: MemoryReport | null;
}

/**
 * A model on a device that recognises windows, in this process or in a separate one. Jobs, results and state are plain
 * data; everything else that belongs to a transcription (audio, seek, text, callbacks) stays with the caller.
 */
export interface Engine {
  readonly state: EngineState;
  /** Windows of all callers are recognised one at a time, in the order of the calls. Errors: aborted, and what the device throws. */
  recognise(job: WindowJob, signal?: AbortSignal): Promise<WindowResult>;
  /** Finishes the requested windows, then releases the device and all memory until the next window. */
  release(): Promise<void>;
  /** Frees the device, all memory and threads. Windows must have been stopped before. */
  dispose(): Promise<void>;
}
