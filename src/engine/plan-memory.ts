import { manifestOf } from "../backend/manifest.js";
import { openVulkan, planManifest, planningLimits } from "../backend/vulkan/index.js";
import { WhisperVulkanError } from "../errors.js";
import { type MemoryPlan, withFreeBytes } from "../memory/index.js";
import { type Card, cardNamed, readCard, snapshotOf } from "../memory/simulate/index.js";
import { catalogue, openModel, resolveModel } from "../model/index.js";
import { networkPrograms } from "../network/device-network.js";
import type { ModelDimensions } from "../network/dimensions.js";
import { describeWeights } from "../network/tensors.js";
import { checkOptionNames } from "../option-names.js";
import { bandwidthFile } from "./bandwidth-file.js";
import { planInWords, spillCosts } from "./spill.js";

export interface PlanMemoryOptions {
  /** A Vulkan device as in Whisper.load; default "auto". Not heeded with a simulated card. */
  readonly device?: string | number;
  /** A simulated card: its name, the path of its JSON file, or the card itself. */
  readonly simulate?: string | Card;
  /** Bytes free by heap index, instead of what the device or card says. */
  readonly free?: Readonly<Record<number, number>>;
  /** Windows at once. Default 1, which is what this version runs. */
  readonly batch?: number;
  /** What may be taken of the device's memory, in bytes. */
  readonly vramLimitBytes?: number;
}

const optionNames: Record<keyof PlanMemoryOptions, true> = {
  device: true,
  simulate: true,
  free: true,
  batch: true,
  vramLimitBytes: true,
};

/** Where a model would lie, and what to make of it. */
export interface ModelMemoryPlan extends MemoryPlan {
  readonly model: string;
  /** The device or card. */
  readonly on: string;
  readonly simulated: boolean;
  readonly batch: number;
  /** What a spill costs: a token longer, and a window with 200 tokens longer, in milliseconds. */
  readonly extraMsPerToken: number;
  readonly extraMsPerWindow: number;
  /** The verdict in a sentence, and what would make it better. */
  readonly summary: string;
  readonly advice: readonly string[];
}

/** How the file stores its matrices. */
type MatrixType = "f16" | "f32";
type Plan = (dimensions: ModelDimensions, matrixType: MatrixType, nBatch: number) => MemoryPlan;

/**
 * Where a model's memory would lie on a device or a simulated card, before anything is allocated: the code that allocates
 * runs on what the heaps have free now. A model of the catalogue needs no file. Errors: model-unknown, file-not-found,
 * model-invalid, card-unknown, card-invalid, option-invalid, vulkan-unavailable, device-unknown.
 */
export async function planMemory(model: string, options: PlanMemoryOptions = {}): Promise<ModelMemoryPlan> {
  checkOptionNames(options, optionNames);
  const batch = options.batch ?? 1;
  if (!Number.isInteger(batch) || batch < 1 || batch > 1024)
    throw new WhisperVulkanError(
      "option-invalid",
      `batch must be a whole number from 1 to 1024, not ${batch}`,
    );
  checkSizes(options);
  const { name, dimensions, matrixType } = await modelOf(model);
  const { on, simulated, plan, close } = await target(options);
  try {
    const made = plan(dimensions, matrixType, batch);
    const { msPerToken, msPerWindow } = spillCosts(made);
    const costs = { extraMsPerToken: msPerToken, extraMsPerWindow: msPerWindow };
    const advice = made.verdict === "device" ? [] : adviceFor(dimensions, batch, plan);
    return { ...made, model: name, on, simulated, batch, ...costs, summary: planInWords(made), advice };
  } finally {
    await close();
  }
}

/** As plain JavaScript may give them. */
function checkSizes({ vramLimitBytes = 0, free = {}, device }: PlanMemoryOptions): void {
  for (const [what, bytes] of [["vramLimitBytes", vramLimitBytes], ...Object.entries(free)] as const)
    if (typeof bytes !== "number" || !(bytes >= 0))
      throw new WhisperVulkanError(
        "option-invalid",
        `${what === "vramLimitBytes" ? what : `free[${what}]`} must be a number of bytes, not ${JSON.stringify(bytes)}`,
      );
  if (String(device).trim().toLowerCase() === "cpu")
    throw new WhisperVulkanError("option-invalid", "on the CPU there is nothing to plan", {
      hint: "its memory is the system's own; whisper-vulkan models says how much a model takes",
    });
}

async function modelOf(nameOrPath: string) {
  const choice = await resolveModel(nameOrPath);
  if (choice.kind !== "file")
    return { name: choice.model.name, dimensions: choice.model.dimensions, matrixType: "f16" as const };
  const model = await openModel(choice.path);
  try {
    const matrixType: MatrixType = model.tensors.get("decoder.token_embedding.weight")?.type ?? "f16";
    return { name: nameOrPath, dimensions: model.dimensions, matrixType };
  } finally {
    await model.close();
  }
}

/** The device or card to plan on. */
async function target({ simulate: card, device = "auto", free = {}, vramLimitBytes }: PlanMemoryOptions) {
  const limit = vramLimitBytes === undefined ? {} : { vramLimitBytes };
  if (card !== undefined) {
    const chosen = typeof card === "string" ? await cardNamed(card) : readCard({ ...card }, "card");
    const snapshot = withFreeBytes(snapshotOf(chosen), free, chosen.name);
    const { maxBindingBytes, alignmentBytes } = planningLimits({ ...chosen.limits, ...snapshot.limits });
    const cut = { maxBindingBytes, maxPartBytes: maxBindingBytes };
    const plan: Plan = (dimensions, matrixType, nBatch) =>
      planManifest(manifestFor(dimensions, matrixType, nBatch, alignmentBytes), {
        ...{ snapshot, cut, memory: { alignmentBytes, ...limit } },
      });
    return { on: `${chosen.device.name} (${chosen.name})`, simulated: true, plan, close: async () => {} };
  }
  const backend = await openVulkan(String(device), {
    maxFlops: 1e9,
    memory: limit,
    bandwidths: bandwidthFile,
  });
  const plan: Plan = (dimensions, matrixType, nBatch) =>
    backend.plan(backend.manifest(programsFor(dimensions, matrixType, nBatch)), free);
  return { on: backend.describe().device, simulated: false, plan, close: () => backend.dispose() };
}

function programsFor(dimensions: ModelDimensions, matrixType: MatrixType, nBatch: number) {
  return networkPrograms(dimensions, describeWeights(dimensions, matrixType).weights, nBatch);
}

function manifestFor(dimensions: ModelDimensions, type: MatrixType, nBatch: number, alignmentBytes: number) {
  return manifestOf(programsFor(dimensions, type, nBatch), alignmentBytes);
}

/** The largest models that would lie in the device's memory as a whole. */
function adviceFor(dimensions: ModelDimensions, batch: number, plan: Plan): string[] {
  const fits = (d: ModelDimensions, n: number) => plan(d, "f16", n).verdict === "device";
  const advice: string[] = [];
  for (let smaller = batch - 1; smaller >= 1; smaller--)
    if (fits(dimensions, smaller)) {
      advice.push(`--batch ${smaller} fits`);
      break;
    }
  const multilingual = (d: ModelDimensions) => d.nVocab >= 51865;
  const model = [...catalogue]
    .filter((other) => multilingual(other.dimensions) === multilingual(dimensions))
    .filter(
      (other) =>
        other.dimensions.nAudioLayer < dimensions.nAudioLayer ||
        other.dimensions.nTextLayer < dimensions.nTextLayer,
    )
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .find((other) => fits(other.dimensions, batch));
  if (model) advice.push(`the model ${model.name} fits`);
  return advice;
}
