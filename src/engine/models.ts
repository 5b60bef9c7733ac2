import { listModels } from "../model/index.js";
import { memoryNeededBytes } from "./memory-needed.js";

/** An official model. */
export interface ModelInfo {
  /** Its name for Whisper.load(): "large-v3-turbo". */
  readonly name: string;
  /** Its other names: "turbo". */
  readonly aliases: readonly string[];
  /** How many languages it knows: 1 (English), 99 or 100; languages(name) lists them. */
  readonly nLanguages: number;
  readonly nParameters: number;
  /** Size of its file in bytes, which is the size of the download. */
  readonly sizeBytes: number;
  /** Bytes that it needs on its device: weights, caches and scratch. planMemory(name) says where they go. */
  readonly memoryBytes: number;
  /** Path of its file in the cache; null if it has not been pulled. */
  readonly path: string | null;
}

/** The official models, smallest first. Files in the cache are checked by size, not by content. */
export async function models(): Promise<ModelInfo[]> {
  const listed = await listModels();
  return listed.map(({ name, aliases, languages, parameters, sizeBytes, dimensions, cachedPath }) => ({
    ...{ name, aliases, nLanguages: languages, nParameters: parameters, sizeBytes },
    ...{ memoryBytes: memoryNeededBytes(dimensions), path: cachedPath },
  }));
}
