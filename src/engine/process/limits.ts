import type { ModelDimensions } from "../../model/dimensions.js";

/** Times after which a silent process counts as hanging, and others of its life, in milliseconds. */
export const limits = {
  /** Silence while it starts, opens the device and uploads weights: cold drivers take many seconds. */
  loadingMs: 60_000,
  /** A step may take this however fast those before were: drivers compile kernels when they are first used. */
  stepFloorMs: 10_000,
  /** A step may take this many times the longest one so far. */
  stepFactor: 20,
  /** How long a process that is to end may take before it is killed. */
  disposeMs: 3_000,
  /** In Electron as Node, how long the first sign of life may take: the app in its place would never give one. */
  firstWordMs: 15_000,
  /** How long Electron's app may take to be ready. */
  appReadyMs: 15_000,
  /** How long after its process' end the channel's end may take, with the last messages. */
  closeMs: 1_000,
};

/** How long a step may take. Until one was measured: as long as on a device that manages 1 GFLOP/s, which is none. */
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
