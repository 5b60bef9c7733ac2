import { isDeepStrictEqual } from "node:util";
import { WhisperVulkanError } from "../errors.js";
import type { ModelDimensions } from "../model/dimensions.js";
import { type ModelFile, openModel } from "../model/index.js";

/**
 * Opens a model's file again, as long as it is still a model of these dimensions: what was decided before was decided for
 * them. Errors: model-invalid, those of openModel.
 */
export async function openSameModel(path: string, dimensions: ModelDimensions): Promise<ModelFile> {
  const model = await openModel(path);
  if (isDeepStrictEqual(model.dimensions, dimensions)) return model;
  await model.close();
  throw new WhisperVulkanError("model-invalid", `${path} is another model than was loaded from it`, {
    hint: "load it anew",
  });
}
