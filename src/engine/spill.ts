import { extraSecondsPerByte, type MemoryPlan, neededAgainstAvailable, size } from "../memory/index.js";

/** How long reading memory takes if all of it is the device's own, and how much a spill adds, in milliseconds. */
export interface SpillCosts {
  readonly readMsPerToken: number;
  /** Of a window of 30 s with 200 tokens. */
  readonly readMsPerWindow: number;
  readonly msPerToken: number;
  readonly msPerWindow: number;
}

/** From bandwidth alone. The time for computing is added to it. */
export function spillCosts(plan: MemoryPlan): SpillCosts {
  const everyToken = plan.blocks.filter(({ use }) => use === "hotWeights" || use === "caches");
  const bytesOf = (blocks: MemoryPlan["blocks"]) =>
    blocks.flatMap(({ pieces }) => pieces).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const spilled = everyToken.filter(({ heap }) => !plan.heaps[heap]!.deviceLocal);
  return {
    readMsPerToken: (bytesOf(everyToken) / plan.bandwidth.deviceBytesPerSecond) * 1000,
    readMsPerWindow: plan.readSeconds * 1000,
    msPerToken: bytesOf(spilled) * extraSecondsPerByte(plan.bandwidth) * 1000,
    msPerWindow: plan.extraSeconds * 1000,
  };
}

/**
 * "38 MiB in host memory, about +0.40 ms a token, +81.0 ms a window of 200 tokens, on top of the 64.2 ms that reading everything from
 * the device's own memory takes (estimated)".
 */
export function spillInWords(plan: MemoryPlan): string {
  const { readMsPerWindow, msPerToken, msPerWindow } = spillCosts(plan);
  const token = msPerToken > 0 ? `about +${msPerToken.toFixed(2)} ms a token, ` : "about ";
  const how = plan.bandwidth.measured ? "measured" : "estimated";
  return (
    `${size(plan.spilledBytes)} in host memory, ${token}+${msPerWindow.toFixed(1)} ms a window of 200 tokens, ` +
    `on top of the ${readMsPerWindow.toFixed(1)} ms that reading everything from the device's own memory takes (${how})`
  );
}

/** The verdict in a sentence. */
export function planInWords(plan: MemoryPlan): string {
  if (plan.verdict === "refused") {
    const { neededBytes, availableBytes, refusal } = plan;
    const why = neededBytes > availableBytes ? neededAgainstAvailable(neededBytes, availableBytes) : refusal;
    return `Does not fit on this device: ${why}. The built-in CPU backend would do the work.`;
  }
  if (plan.verdict === "device") {
    const inDevice = plan.heaps.reduce((sum, h) => sum + (h.deviceLocal ? h.takenBytes : 0), 0);
    const others = plan.takenBytes - inDevice;
    const rest = others > 0 ? `; outputs and staging, ${size(others)}, belong in host memory` : "";
    return `Fits: ${size(inDevice)} in the device's own memory${rest}.`;
  }
  return `Fits, with a spill: ${spillInWords(plan)}.`;
}
