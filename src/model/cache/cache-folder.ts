import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { CatalogueEntry } from "../catalogue.js";

/**
 * Where pulled models lie: WHISPER_VULKAN_CACHE, or whisper-vulkan/models in the platform's cache folder.
 * Computed each time, so that a program may set the variable before it pulls.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const own = environment.WHISPER_VULKAN_CACHE;
  if (own) return resolve(own);
  return join(platformCacheFolder(environment, platform), "whisper-vulkan", "models");
}

function platformCacheFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === "win32") return environment.LOCALAPPDATA || join(homedir(), "AppData", "Local");
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  const xdg = environment.XDG_CACHE_HOME;
  // The base directory specification has relative paths ignored.
  return xdg?.startsWith("/") ? xdg : join(homedir(), ".cache");
}

/** The path of a model in a cache folder, whether it is there or not. */
export function cachedModelPath(folder: string, model: Pick<CatalogueEntry, "name">): string {
  return join(folder, `ggml-${model.name}.bin`);
}
