import type { ModelDimensions } from "../../model/dimensions.js";

/** Times after which a silent process counts as hanging, and other limits of its life, in milliseconds. */
export const limits = {
  /** For starting, opening the device and uploading weights: cold drivers take many seconds. */
  loadingMs: 60_000,
  /** A step may always take this long, however fast earlier steps were: drivers compile kernels at first use. */
  stepFloorMs: 10_000,
  /** A step may take this many times as long as the longest one so far. */
  stepFactor: 20,
  /** How long a process that should end may take before it is killed. */
  disposeMs: 3_000,
  /** In Electron as Node, how long the first sign of life may take: the app in its place never gives one. */
  firstWordMs: 15_000,
  /** How long Electron's app may take to be ready. */
  appReadyMs: 15_000,
  /** How long after the end of its process the channel may take to deliver the last messages and end. */
  closeMs: 1_000,
};

/** How long a step may take. Until one was measured: as long as on a device with 1 GFLOP/s, which is slower than any. */
export function stepLimitMs(longestStepMs: number | null, dimensions: ModelDimensions): number {
  if (longestStepMs !== null) return Math.max(limits.stepFloorMs, limits.stepFactor * longestStepMs);
  return Math.max(limits.loadingMs, encoderFlops(dimensions) / 1e6);
}

/** Floating-point operations of one window's encoding, about: products with weights, and attention. */
function encoderFlops({ nAudioCtx, nAudioState, nAudioLayer }: ModelDimensions): number {
  const weights = 12 * nAudioState ** 2;
  const attention = 2 * nAudioCtx * nAudioState;
  return 2 * nAudioCtx * nAudioLayer * (weights + attention);
}
