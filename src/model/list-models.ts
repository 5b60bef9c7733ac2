import { stat } from "node:fs/promises";
import { systemErrorCode } from "../errors.js";
import { cachedModelPath, cacheFolder } from "./cache/cache-folder.js";
import { type CatalogueEntry, catalogue } from "./catalogue.js";

/** An official model and whether it is in the cache. */
export interface ModelListing extends CatalogueEntry {
  /** Its file in the cache, or null where it is not there as a whole. */
  readonly cachedPath: string | null;
}

/** All official models in the catalogue's order. Files are looked at by size only, not hashed. */
export async function listModels(): Promise<ModelListing[]> {
  const folder = cacheFolder();
  return Promise.all(
    catalogue.map(async (model) => {
      const path = cachedModelPath(folder, model);
      return { ...model, cachedPath: (await sizeOf(path)) === model.sizeBytes ? path : null };
    }),
  );
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    // A file that cannot be accessed cannot be used either.
    if (systemErrorCode(error) !== null) return null;
    throw error;
  }
}
