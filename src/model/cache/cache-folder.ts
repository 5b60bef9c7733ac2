import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { WhisperVulkanError } from "../../errors.js";
import type { CatalogueEntry } from "../catalogue.js";

/**
 * Where pulled models are: WHISPER_VULKAN_CACHE, or whisper-vulkan/models in the platform's cache folder.
 * Computed each time, so that a program may set the variable before it pulls. Errors: cache-not-writable, where there is
 * no home folder.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  try {
    const own = environment.WHISPER_VULKAN_CACHE;
    if (own) return isAbsolute(own) ? own : resolve(own);
    return join(platformCacheFolder(environment, platform), "whisper-vulkan", "models");
  } catch (cause) {
    // a user without an account entry, as in containers, has no home folder, and a removed folder cannot be the current one
    throw noFolder(cause);
  }
}

function noFolder(cause: unknown): WhisperVulkanError {
  return new WhisperVulkanError("cache-not-writable", "No folder was found to store models in.", {
    hint: "Set WHISPER_VULKAN_CACHE to the full path of a folder that you may write to, or HOME.",
    cause,
  });
}

/** Errors: where the system reports no home folder, or an empty one. */
function home(): string {
  const folder = homedir();
  if (!isAbsolute(folder)) throw new Error(`the home folder is ${JSON.stringify(folder)}`);
  return folder;
}

function platformCacheFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === "win32") return environment.LOCALAPPDATA || join(home(), "AppData", "Local");
  if (platform === "darwin") return join(home(), "Library", "Caches");
  const xdg = environment.XDG_CACHE_HOME;
  // The base directory specification says to ignore relative paths.
  return xdg?.startsWith("/") ? xdg : join(home(), ".cache");
}

/** The path of a model in a cache folder, whether or not the file exists. */
export function cachedModelPath(folder: string, model: Pick<CatalogueEntry, "name">): string {
  return join(folder, `ggml-${model.name}.bin`);
}
