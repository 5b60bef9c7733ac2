import type { PlanningInputs } from "../backend/vulkan/index.js";
import type { MemoryPlan } from "../memory/index.js";
import type { ModelDimensions } from "../model/dimensions.js";
import { catalogue } from "../model/index.js";

type Verdict = MemoryPlan["verdict"];
const ranks: Readonly<Record<Verdict, number>> = { refused: 0, spill: 1, device: 2 };
const outcomes: Readonly<Record<Verdict, string>> = {
  refused: "it does not fit",
  spill: "it fits, with a part in host memory",
  device: "all of it is in the device's own memory",
};

/** How a file stores its matrices. */
export type MatrixType = "f16" | "f32";

/** What was planned. */
export interface PlannedCase {
  readonly inputs: PlanningInputs;
  readonly dimensions: ModelDimensions;
  readonly batch: number;
  readonly matrixType: MatrixType;
}

/** Plans again with other inputs. matrixType: default f16. */
export type PlanOn = (
  inputs: PlanningInputs,
  dimensions: ModelDimensions,
  batch: number,
  matrixType?: MatrixType,
) => MemoryPlan;

/** What would lead to a better verdict, one sentence each. Each was found by planning it. */
export function adviceFor(verdict: Verdict, planned: PlannedCase, planOn: PlanOn): string[] {
  if (verdict === "device") return [];
  const { inputs, dimensions, batch, matrixType } = planned;
  const { snapshot, memory } = inputs;
  const advice: string[] = [];
  const tryOut = (what: string, plan: MemoryPlan, then = ""): boolean => {
    const better = ranks[plan.verdict] > ranks[verdict];
    if (better) advice.push(`${what} ${outcomes[plan.verdict]}${then}.`);
    return better;
  };
  if (memory.vramLimitBytes !== undefined) {
    const { vramLimitBytes: _, ...unlimited } = memory;
    const plan = planOn({ ...inputs, memory: unlimited }, dimensions, batch, matrixType);
    tryOut("Without the limit set for VRAM (--vram-limit)", plan);
  }
  if (snapshot.budgets) {
    const empty = { ...snapshot, budgets: null, largestFreeBytes: [] };
    const plan = planOn({ ...inputs, snapshot: empty }, dimensions, batch, matrixType);
    tryOut("With nothing else on the card", plan, ": close other programs that use the GPU");
  }
  for (let smaller = batch - 1; smaller >= 1; smaller--)
    if (tryOut(`With --batch ${smaller}`, planOn(inputs, dimensions, smaller, matrixType))) break;
  for (const { name, dimensions: other } of smallerModels(dimensions))
    if (tryOut(`With the model ${name}`, planOn(inputs, other, batch))) break;
  return advice;
}

/** Smaller models of the same kind, multilingual or English, the largest first. */
function smallerModels(dimensions: ModelDimensions) {
  const multilingual = ({ nVocab }: ModelDimensions) => nVocab >= 51865;
  return [...catalogue]
    .filter((other) => multilingual(other.dimensions) === multilingual(dimensions))
    .filter(
      (other) =>
        other.dimensions.nAudioLayer < dimensions.nAudioLayer ||
        other.dimensions.nTextLayer < dimensions.nTextLayer,
    )
    .sort((a, b) => b.sizeBytes - a.sizeBytes);
}
