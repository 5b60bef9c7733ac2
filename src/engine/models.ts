import { listModels } from "../model/index.js";
import { memoryNeededBytes } from "./memory-needed.js";

/** An official model. */
export interface ModelInfo {
  /** What Whisper.load() takes: "large-v3-turbo". */
  readonly name: string;
  /** Other names that it answers to: "turbo". */
  readonly aliases: readonly string[];
  /** How many languages it writes: 1 (English), 99 or 100; languages(name) lists them. */
  readonly nLanguages: number;
  readonly nParameters: number;
  /** Size of its file, which is what a pull downloads. */
  readonly sizeBytes: number;
  /** What it takes on its device: weights, caches and scratch. planMemory(name) says where. */
  readonly memoryBytes: number;
  /** Its file in the cache; null where it has not been pulled. */
  readonly path: string | null;
}

/** The official models, smallest first. Files in the cache are looked at by size, not by content. */
export async function models(): Promise<ModelInfo[]> {
  const listed = await listModels();
  return listed.map(({ name, aliases, languages, parameters, sizeBytes, dimensions, cachedPath }) => ({
    ...{ name, aliases, nLanguages: languages, nParameters: parameters, sizeBytes },
    ...{ memoryBytes: memoryNeededBytes(dimensions), path: cachedPath },
  }));
}
