import { stat } from "node:fs/promises";
import { systemErrorCode } from "../errors.js";
import { type CatalogueEntry, checkModelName, findModel, modelNamed } from "./catalogue.js";

/** The model that a user named: one from the catalogue, or their own file. */
export type ModelChoice =
  | { readonly kind: "catalogue"; readonly model: CatalogueEntry }
  | { readonly kind: "file"; readonly path: string };

/**
 * A path where the text has a separator or ends with .bin; otherwise a model's name; otherwise the file of that name
 * in the current folder. (To name a file called "base", write "./base".)
 * @throws WhisperVulkanError "model-unknown"; "option-invalid" for anything but a string
 */
export async function resolveModel(nameOrPath: string): Promise<ModelChoice> {
  checkModelName(nameOrPath);
  if (/[/\\]/.test(nameOrPath) || nameOrPath.endsWith(".bin")) return { kind: "file", path: nameOrPath };
  const model = findModel(nameOrPath);
  if (model === null && (await exists(nameOrPath))) return { kind: "file", path: nameOrPath };
  return { kind: "catalogue", model: model ?? modelNamed(nameOrPath) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== null) return false;
    throw error;
  }
}
