import type { BackendDescription, MemoryUse } from "../backend/backend.js";
import type { MemoryPlan, MemoryReport } from "../memory/index.js";
import type { WindowJob, WindowResult } from "../whisper/index.js";

/** What an engine tells about itself: plain data. */
export interface EngineState {
  readonly device: BackendDescription;
  readonly memory: readonly MemoryUse[];
  /** Null on the CPU. A new object whenever the state changes: device, memory or what is stored where. */
  readonly memoryPlan: MemoryPlan | null;
  /** What happened with a GPU's memory, also one that refused so that the CPU does the work; null: none was tried. */
  readonly memoryReport: MemoryReport | null;
}

/**
 * A model on a device that recognises windows, in this process or in one of its own. Jobs, results and state are plain
 * data; everything else that belongs to a transcription (audio, seek, text, callbacks) stays with the caller.
 */
export interface Engine {
  readonly state: EngineState;
  /** Windows of all callers are done one at a time, in the order of asking. Errors: aborted, and what the device throws. */
  recognise(job: WindowJob, signal?: AbortSignal): Promise<WindowResult>;
  /** Gives the device and all memory back until the next window, after those asked for. */
  release(): Promise<void>;
  /** Frees the device, all memory and threads. Windows must have been stopped before. */
  dispose(): Promise<void>;
}
