import { manifestOf } from "../backend/manifest.js";
import type { ModelDimensions } from "../model/dimensions.js";
import { networkPrograms } from "../network/device-network.js";
import { describeWeights } from "../network/tensors.js";

/** The largest alignment that any device requires. */
const alignmentBytes = 256;

/** Bytes that a model needs on its device: F16 weights, caches, scratch. Computed from its shapes alone. */
export function memoryNeededBytes(dimensions: ModelDimensions): number {
  const { weights } = describeWeights(dimensions, "f16");
  return manifestOf(networkPrograms(dimensions, weights), alignmentBytes).totalSizeBytes;
}
