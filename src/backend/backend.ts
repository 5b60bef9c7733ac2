import type { MemoryPlan, MemoryReport } from "../memory/index.js";
import type { Program } from "../ops/program.js";
import type { Tensor } from "../ops/tensor.js";

/** One tensor's claim on memory, known before anything is allocated. */
export interface ManifestEntry {
  readonly tensor: Tensor;
  readonly sizeBytes: number;
  /** Its rows may be stored in several places. */
  readonly cuttable: boolean;
}

/**
 * All tensors of a set of programs, each once. Scratch tensors of all programs share one arena:
 * programs never run at the same time.
 */
export interface MemoryManifest {
  readonly entries: readonly ManifestEntry[];
  readonly scratchSizeBytes: number;
  readonly totalSizeBytes: number;
}

/** Where a part of the model's memory is, for users: "weights", "DEVICE_LOCAL|HOST_VISIBLE, heap 0". */
export interface MemoryUse {
  readonly what: string;
  readonly where: string;
  readonly sizeBytes: number;
}

/** Memory for all tensors of a manifest, freed as a whole. */
export interface Storage {
  /** Writes raw element bytes into a tensor. Weights and state once or rarely, inputs before every run. */
  write(tensor: Tensor, offsetBytes: number, data: Uint8Array): Promise<void>;
  /** Reads raw element bytes back. Outputs are cheap to read; anything else may need a copy. */
  read(tensor: Tensor, offsetBytes: number, into: Uint8Array): Promise<void>;
  memory(): readonly MemoryUse[];
  /** The plan block by block, with every allocation that was tried. Absent where memory is the system's own. */
  plan?(): MemoryPlan;
  /** If something is in slow memory, measures what that costs; plan() then includes the result. */
  measureBandwidth?(): Promise<void>;
  /**
   * Moves what is in slow memory into faster memory that has become free; true if anything was moved: then executables
   * must be compiled again. Not while one runs. onCopied is called after each part.
   */
  promote?(onCopied?: () => void): Promise<boolean>;
  dispose(): Promise<void>;
}

/** A program made ready to run again and again on the storage it was compiled for. */
export interface Executable {
  /** Runs all steps. When the signal fires, stops between submissions with an "aborted" error. */
  run(signal?: AbortSignal): Promise<void>;
  dispose(): void;
}

/** The device that does the work, in words. */
export interface BackendDescription {
  readonly kind: "vulkan" | "cpu" | "reference";
  /** The device in words, e.g. "NVIDIA H200" or "built-in CPU backend, 2 threads". */
  readonly device: string;
  /** Driver and version, kernel variants, instruction sets: one line of text. */
  readonly details: string;
}

/**
 * A device that runs programs. Two real ones (vulkan, cpu) and the f64 reference; the same results within
 * the tolerances stated in ops/.
 */
export interface Backend {
  describe(): BackendDescription;
  manifest(programs: readonly Program[]): MemoryManifest;
  allocate(manifest: MemoryManifest): Promise<Storage>;
  compile(program: Program, storage: Storage): Promise<Executable>;
  /** The requests and answers so far, for a replay. Absent where memory is the system's own. */
  memoryReport?(): MemoryReport | null;
  dispose(): Promise<void>;
}
