import { manifestOf } from "../backend/manifest.js";
import { openVulkan, type PlanningInputs, planManifest, planningLimits } from "../backend/vulkan/index.js";
import { amount, checkOptions, deviceName, type OptionTypes, wholeNumber } from "../check-options.js";
import { WhisperVulkanError } from "../errors.js";
import { type MemoryPlan, withFreeBytes } from "../memory/index.js";
import { type Card, cardNamed, readCard, snapshotOf } from "../memory/simulate/index.js";
import type { ModelDimensions } from "../model/dimensions.js";
import { openModel, resolveModel } from "../model/index.js";
import { networkPrograms } from "../network/device-network.js";
import { describeWeights } from "../network/tensors.js";
import { bandwidthFile } from "./bandwidth-file.js";
import { adviceFor, type MatrixType } from "./plan-advice.js";
import { planInWords, spillCosts } from "./spill.js";

/** How to plan. */
export interface PlanMemoryOptions {
  /** A Vulkan device as in Whisper.load(). Default "auto". Ignored when a card is simulated. */
  readonly device?: string | number | undefined;
  /** A simulated card: its name, the path of its JSON file, or the card itself. */
  readonly simulate?: string | Card | undefined;
  /** Free bytes by heap index, instead of those that the device or card reports. */
  readonly free?: Readonly<Record<number, number>> | undefined;
  /** Windows recognised at once. Default 1, which is what this version runs. */
  readonly batch?: number | undefined;
  /** How much of the device's own memory to use at most, in bytes. Default: no limit. */
  readonly vramLimitBytes?: number | undefined;
}

const isCount = (value: unknown) => typeof value === "number" && value >= 0;
const optionTypes: OptionTypes<PlanMemoryOptions> = {
  device: deviceName,
  simulate: {
    holds: (value) => typeof value === "string" || (typeof value === "object" && value !== null),
    hint: "Give a card's name, the path of its JSON file, or the card itself.",
  },
  free: {
    holds: (value) => typeof value === "object" && value !== null && Object.values(value).every(isCount),
    hint: "Give an object with a number of bytes by heap: { 0: 64 * 2 ** 20 }.",
  },
  batch: wholeNumber(1, 1024),
  vramLimitBytes: amount("bytes"),
};

/** Where a model would be placed, and what that means. */
export interface ModelMemoryPlan extends MemoryPlan {
  readonly model: string;
  /** The device or card. */
  readonly on: string;
  readonly simulated: boolean;
  readonly batch: number;
  /**
   * How long reading memory takes for a token, and for a window with 200 tokens, if all of it is the device's own, in milliseconds:
   * an estimate from bandwidth alone. The time for computing is added to it.
   */
  readonly readMsPerToken: number;
  readonly readMsPerWindow: number;
  /** How much a spill adds to that. */
  readonly extraMsPerToken: number;
  readonly extraMsPerWindow: number;
  /** The verdict in a sentence. */
  readonly summary: string;
  /** What would improve it, one sentence each. */
  readonly advice: readonly string[];
}

/**
 * Where a model's memory would be on a device or a simulated card, before anything is allocated: the code that allocates
 * runs on what is free in the heaps now. A model of the catalogue needs no file. Errors: model-unknown, file-not-found,
 * model-invalid, card-unknown, card-invalid, option-invalid, vulkan-unavailable, device-unknown.
 */
export async function planMemory(model: string, options: PlanMemoryOptions = {}): Promise<ModelMemoryPlan> {
  checkOptions(options, optionTypes);
  const { batch = 1, device } = options;
  if (String(device).trim().toLowerCase() === "cpu")
    throw new WhisperVulkanError("option-invalid", "On the CPU there is nothing to plan", {
      hint: `Its memory is the system's own; whisper-vulkan models says how much a model takes. ${simulateHint}`,
    });
  const { name, dimensions, matrixType } = await modelOf(model);
  const { on, inputs } = await target(options);
  const planOn = (on: PlanningInputs, of: ModelDimensions, nBatch: number, type: MatrixType = "f16") =>
    planManifest(manifestFor(of, type, nBatch, on.memory.alignmentBytes), on);
  const made = planOn(inputs, dimensions, batch, matrixType);
  const { readMsPerToken, readMsPerWindow, msPerToken, msPerWindow } = spillCosts(made);
  return {
    ...{ ...made, model: name, on, simulated: options.simulate !== undefined, batch },
    ...{ readMsPerToken, readMsPerWindow, extraMsPerToken: msPerToken, extraMsPerWindow: msPerWindow },
    summary: planInWords(made),
    advice: adviceFor(made.verdict, { inputs, dimensions, batch, matrixType }, planOn),
  };
}

/** For users without a GPU, who may want to plan for another one. */
const simulateHint = "To plan for a GPU that is not in this machine, name a card with --simulate";

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
async function target(options: PlanMemoryOptions): Promise<{ on: string; inputs: PlanningInputs }> {
  const { simulate, free = {}, vramLimitBytes } = options;
  const limit = vramLimitBytes === undefined ? {} : { vramLimitBytes };
  if (simulate === undefined) {
    const { name, inputs } = await ofDevice(options.device ?? "auto", limit);
    return { on: name, inputs: { ...inputs, snapshot: withFreeBytes(inputs.snapshot, free, name) } };
  }
  const card = typeof simulate === "string" ? await cardNamed(simulate) : readCard({ ...simulate }, "card");
  const snapshot = withFreeBytes(snapshotOf(card), free, card.name);
  const { maxBindingBytes, alignmentBytes } = planningLimits({ ...card.limits, ...snapshot.limits });
  const cut = { maxBindingBytes, maxPartBytes: maxBindingBytes };
  const inputs = { snapshot, cut, memory: { alignmentBytes, ...limit } };
  return { on: `${card.device.name} (${card.name})`, inputs };
}

async function ofDevice(device: string | number, memory: { readonly vramLimitBytes?: number }) {
  try {
    const backend = await openVulkan(String(device), { maxFlops: 1e9, memory, bandwidths: bandwidthFile });
    try {
      return { name: backend.describe().device, inputs: backend.planningInputs() };
    } finally {
      await backend.dispose();
    }
  } catch (error) {
    const absent = ["vulkan-unavailable", "device-unknown"];
    if (!(error instanceof WhisperVulkanError) || !absent.includes(error.code)) throw error;
    throw new WhisperVulkanError(error.code, error.message, { hint: simulateHint, cause: error });
  }
}

function manifestFor(dimensions: ModelDimensions, type: MatrixType, nBatch: number, alignmentBytes: number) {
  const programs = networkPrograms(dimensions, describeWeights(dimensions, type).weights, nBatch);
  return manifestOf(programs, alignmentBytes);
}
