import type { OpName, Step } from "./index.js";
import type { Tensor } from "./tensor.js";

/** What choosing a GPU kernel depends on: Vulkan limits and features, as plain data without a driver. */
export interface KernelDevice {
  readonly maxWorkgroupInvocations: number;
  readonly maxWorkgroupSize: readonly [number, number, number];
  readonly maxWorkgroupCount: readonly [number, number, number];
  readonly sharedMemorySizeBytes: number;
  /** Subgroup size if it is known and fixed, else 0; arithmetic (sum, max) in compute shaders or not. */
  readonly subgroupSize: number;
  readonly subgroupArithmetic: boolean;
  /** KHR cooperative matrix shapes with f16 inputs and f32 results, subgroup scope. */
  readonly cooperativeMatrices: readonly { readonly m: number; readonly n: number; readonly k: number }[];
  readonly storage16Bit: boolean;
  readonly float16Arithmetic: boolean;
  /** vulkanMemoryModel is required by cooperative matrices. */
  readonly vulkanMemoryModel: boolean;
  /** A processor that acts as a GPU. */
  readonly software: boolean;
  /** Vulkan version as [major, minor]. */
  readonly apiVersion: readonly [number, number];
}

/** A run of outermost rows of a tensor that is in one buffer. Most tensors are one part. */
export interface TensorPart {
  readonly index: number;
  readonly firstRow: number;
  readonly nRows: number;
}

export interface KernelContext {
  readonly device: KernelDevice;
  parts(tensor: Tensor): readonly TensorPart[];
  /** No dispatch should do more than this many floating-point operations, so that none occupies the GPU for long. */
  readonly maxFlopsPerDispatch: number;
}

export interface Dispatch {
  /** SPIR-V file in assets/spirv, without ".spv". */
  readonly shader: string;
  /** Values of specialisation constants 0, 1, 2 ... as 32-bit words (local_size_x_id = 0 by convention). */
  readonly constants: readonly number[];
  /** Storage buffers at bindings 0, 1, 2, 3 of set 0. At most four. */
  readonly buffers: readonly {
    readonly tensor: Tensor;
    readonly part: number;
    readonly access: "read" | "write" | "readwrite";
  }[];
  /** At most 128 bytes. */
  readonly pushConstants: Int32Array;
  readonly groups: readonly [number, number, number];
  readonly flops: number;
}

/** One way to compute an op on a GPU. */
export interface KernelVariant<S extends Step = Step> {
  readonly name: string;
  /** null if the device can run it, else the reason it cannot. */
  unsupported(device: KernelDevice): string | null;
  /** Largest error it may make, relative to the largest value of a result. */
  readonly tolerance: number;
  /** Whether it can compute a step of these sizes. */
  suits(step: S): boolean;
  /** Whether it is faster for this step than the variants after it. Absent: always. */
  pays?(step: S, device: KernelDevice): boolean;
  dispatches(step: S, context: KernelContext): readonly Dispatch[];
}

/** All variants of all ops, fastest first. The last of each runs on every Vulkan 1.0 compute device and suits every step. */
export type KernelTable = {
  readonly [Name in OpName]: readonly KernelVariant<Extract<Step, { op: Name }>>[];
};
