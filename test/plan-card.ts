import type { MemoryManifest } from "../src/backend/backend.js";
import { manifestOf } from "../src/backend/manifest.js";
import { piecesOf } from "../src/backend/vulkan/pieces.js";
import { planManifest, planningLimits } from "../src/backend/vulkan/plan-memory.js";
import type { AllocatorOptions, MemoryPlan, MemorySnapshot } from "../src/memory/index.js";
import { type Card, snapshotOf } from "../src/memory/simulate/index.js";
import type { ModelDimensions } from "../src/model/dimensions.js";
import { modelNamed } from "../src/model/index.js";
import { networkPrograms } from "../src/network/device-network.js";
import { describeWeights } from "../src/network/tensors.js";
import { disagreements, type Must, whatMustCome } from "./memory-oracle.js";

type Options = Omit<AllocatorOptions, "alignmentBytes">;

/** A device as planning sees it. */
export interface Planned {
  readonly snapshot: MemorySnapshot;
  readonly maxStorageBufferRange: number;
  readonly minStorageBufferOffsetAlignment: number;
  readonly nonCoherentAtomSize: number;
}

export function plannedCard(card: Card): Planned {
  return { ...card.limits, snapshot: snapshotOf(card) };
}

/** Plans of one model, and what the oracle says of them. */
export class ModelPlans {
  readonly #dimensions: ModelDimensions;
  readonly #options: Options;
  readonly #manifests = new Map<number, MemoryManifest>();

  /** model: its name in the catalogue, or its dimensions. */
  constructor(model: string | ModelDimensions, options: Options = {}) {
    this.#dimensions = typeof model === "string" ? modelNamed(model).dimensions : model;
    this.#options = options;
  }

  manifest(alignmentBytes = 256): MemoryManifest {
    let manifest = this.#manifests.get(alignmentBytes);
    if (!manifest) {
      const { weights } = describeWeights(this.#dimensions, "f16");
      manifest = manifestOf(networkPrograms(this.#dimensions, weights), alignmentBytes);
      this.#manifests.set(alignmentBytes, manifest);
    }
    return manifest;
  }

  plan(device: Planned): MemoryPlan {
    return planManifest(...this.#inputs(device));
  }

  /** Error: memory-refused, where a tensor is larger than can be bound. */
  must(device: Planned): Must {
    const [manifest, { snapshot, cut, memory }] = this.#inputs(device);
    const pieces = piecesOf(manifest, cut);
    return whatMustCome(snapshot, pieces, memory.alignmentBytes, this.#options.maxBlockBytes);
  }

  disagreements(plan: MemoryPlan, device: Planned): string[] {
    const [manifest, { snapshot, cut, memory }] = this.#inputs(device);
    return disagreements(plan, manifest, snapshot, cut, memory.alignmentBytes);
  }

  #inputs(device: Planned): Parameters<typeof planManifest> {
    const { snapshot } = device;
    const { maxBindingBytes, alignmentBytes } = planningLimits({ ...device, ...snapshot.limits });
    const cut = { maxBindingBytes, maxPartBytes: maxBindingBytes };
    return [this.manifest(alignmentBytes), { snapshot, cut, memory: { alignmentBytes, ...this.#options } }];
  }
}
