import type { KernelDevice } from "./kernel.js";

/** The tolerance of kernels that multiply in f16 and add in f32. */
export const halfPrecision = 2e-3;

/** A shape of cooperative matrices that tiles of 32 x 32 x 32 are made of, the largest. */
export function matrixShape({ cooperativeMatrices }: KernelDevice) {
  return [...cooperativeMatrices]
    .filter(({ m, n, k }) => 16 % m === 0 && 16 % n === 0 && 16 % k === 0 && k % 8 === 0 && n % 8 === 0)
    .sort((a, b) => b.m * b.n * b.k - a.m * a.n * a.k)[0];
}

/** Why kernels of that many subgroups that share that much memory cannot run, or null. */
export function matrixUnitsUnsupported(
  device: KernelDevice,
  subgroups: number,
  sharedMemorySizeBytes: number,
): string | null {
  if (!matrixShape(device)) return "no cooperative matrices of f16 with f32 results in a usable shape";
  if (device.apiVersion[0] === 1 && device.apiVersion[1] < 2) return "Vulkan before 1.2";
  if (!device.vulkanMemoryModel || !device.float16Arithmetic) return "no f16 or no Vulkan memory model";
  if (device.sharedMemorySizeBytes < sharedMemorySizeBytes) return "too little shared memory";
  if (subgroups * device.subgroupSize > device.maxWorkgroupInvocations) return "workgroups too small";
  return subgroupsDivide(device, 64);
}

/** Whether workgroups of that many threads are whole subgroups of a known size: the reason if not. */
export function subgroupsDivide({ subgroupSize }: KernelDevice, threads: number): string | null {
  if (subgroupSize === 0) return "subgroup size not fixed";
  return threads % subgroupSize === 0 ? null : `subgroups of ${subgroupSize}`;
}
