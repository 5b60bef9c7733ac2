import type { Step } from "./index.js";
import type { Dispatch, KernelContext, KernelVariant } from "./kernel.js";
import type { Tensor } from "./tensor.js";

/** The tolerance of kernels that compute in f32 throughout. */
export const f32Tolerance = 1e-5;

/** A variant that needs only what every Vulkan 1.0 compute device has. */
export function plainKernel<S extends Step>(
  dispatches: (step: S, context: KernelContext) => readonly Dispatch[],
): KernelVariant<S> {
  return { name: "plain", tolerance: f32Tolerance, unsupported: () => null, suits: () => true, dispatches };
}

/** How many workgroups along one dimension every device accepts. */
export const maxGroups = 65535;

export const reads = (tensor: Tensor, part = 0) => ({ tensor, part, access: "read" }) as const;
export const writes = (tensor: Tensor) => ({ tensor, part: 0, access: "write" }) as const;
export const changes = (tensor: Tensor) => ({ tensor, part: 0, access: "readwrite" }) as const;

/** [start, count] runs that cover n, each at most `most` long and at least 1. */
export function runs(n: number, most: number): (readonly [start: number, count: number])[] {
  const size = Math.max(1, Math.floor(most));
  return Array.from(
    { length: Math.ceil(n / size) },
    (_, i) => [i * size, Math.min(size, n - i * size)] as const,
  );
}
