import type { ModelDimensions } from "../../model/dimensions.js";
import type { WindowResult } from "../../whisper/index.js";
import type { EngineState } from "../engine.js";
import type { DeviceOptions } from "../open-backend.js";
import type { ErrorData } from "./error-data.js";
import type { PackedWindow } from "./packed-window.js";

/** Which device: the part of the options that is data. */
export type DeviceChoice = Pick<DeviceOptions, "device" | "threads" | "simulate" | "vramLimitBytes">;

/** The calls that the engine's process answers: argument and result of each. */
export interface Calls {
  check: { argument: DeviceChoice; answer: null };
  /** dimensions: those of the model as it was first opened. */
  load: {
    argument: { readonly path: string; readonly dimensions: ModelDimensions; readonly device: DeviceChoice };
    answer: EngineState;
  };
  /** state: only where it changed. */
  recognise: {
    argument: PackedWindow;
    answer: { readonly result: WindowResult; readonly state: EngineState | null };
  };
  /** Frees everything. The process may then be killed. */
  dispose: { argument: null; answer: null };
}

/** To the engine's process: a call, or that the call with this id is to stop. */
export type Request =
  | { [M in keyof Calls]: { id: number; method: M; argument: Calls[M]["argument"] } }[keyof Calls]
  | { id: number; method: "stop" };

/** From the engine's process. longestStepMs: of all steps of the network so far, null before the first. */
export type Reply =
  | { kind: "answer"; id: number; answer: unknown; longestStepMs: number | null }
  | { kind: "failed"; id: number; error: ErrorData; longestStepMs: number | null }
  /** A sign of life. */
  | { kind: "beat"; longestStepMs: number | null }
  | { kind: "note"; note: string }
  /** An uncaught error: the process ends. */
  | { kind: "fatal"; error: ErrorData };
