import { isDeepStrictEqual } from "node:util";
import { WhisperVulkanError } from "../errors.js";
import type { ModelDimensions } from "../model/dimensions.js";
import { type ModelFile, openModel } from "../model/index.js";

/**
 * Opens a model's file again and checks that the model still has these dimensions, since earlier decisions depend on
 * them. Errors: model-invalid, those of openModel.
 */
export async function openSameModel(path: string, dimensions: ModelDimensions): Promise<ModelFile> {
  const model = await openModel(path);
  if (isDeepStrictEqual(model.dimensions, dimensions)) return model;
  await model.close();
  throw new WhisperVulkanError("model-invalid", `${path} is no longer the model that was loaded from it`, {
    hint: "Load it again",
  });
}
