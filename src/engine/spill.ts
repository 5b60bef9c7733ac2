import { extraSecondsPerByte, type MemoryPlan, size } from "../memory/index.js";

/** What a spill costs: what every token reads, and what a whole window with 200 tokens does. */
export function spillCosts(plan: MemoryPlan): { readonly msPerToken: number; readonly msPerWindow: number } {
  const perToken = plan.blocks
    .filter(({ heap, use }) => !plan.heaps[heap]!.deviceLocal && (use === "hotWeights" || use === "caches"))
    .flatMap(({ pieces }) => pieces)
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    msPerToken: perToken * extraSecondsPerByte(plan.bandwidth) * 1000,
    msPerWindow: plan.extraSeconds * 1000,
  };
}

/** "38 MiB in host memory, about +0.40 ms a token, +81.0 ms a window of 200 tokens (estimated)". */
export function spillInWords(plan: MemoryPlan): string {
  const { msPerToken, msPerWindow } = spillCosts(plan);
  const token = msPerToken > 0 ? `about +${msPerToken.toFixed(2)} ms a token, ` : "about ";
  const how = plan.bandwidth.measured ? "measured" : "estimated";
  return `${size(plan.spilledBytes)} in host memory, ${token}+${msPerWindow.toFixed(1)} ms a window of 200 tokens (${how})`;
}

/** The verdict in a sentence. */
export function planInWords(plan: MemoryPlan): string {
  if (plan.verdict === "refused")
    return "Does not fit on this device: the built-in CPU backend would do the work.";
  if (plan.verdict === "device") {
    const inDevice = plan.heaps.reduce((sum, h) => sum + (h.deviceLocal ? h.takenBytes : 0), 0);
    const others = plan.takenBytes - inDevice;
    const rest = others > 0 ? `; outputs and staging, ${size(others)}, in the host's as they should` : "";
    return `Fits: ${size(inDevice)} in the device's own memory${rest}.`;
  }
  return `Fits, with a spill: ${spillInWords(plan)}.`;
}
