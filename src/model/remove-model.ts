import { rm, stat } from "node:fs/promises";
import { systemErrorCode } from "../errors.js";
import { cachedModelPath, cacheFolder } from "./cache/cache-folder.js";
import { writingFailed } from "./cache/file-errors.js";
import { FileLock } from "./cache/lock.js";
import { removeVerified } from "./cache/verified-file.js";
import { modelNamed } from "./catalogue.js";
import { forgetValidator } from "./pull/download.js";

/**
 * Removes a pulled model from the cache, with what a stopped pull has left; waits for a pull of it that is
 * in progress. A Whisper that is loaded from it continues to work, but cannot be loaded again after release() or a lost device.
 * Returns whether there was anything to remove.
 *
 * @throws WhisperVulkanError "model-unknown", "option-invalid", "cache-not-writable"
 */
export async function removeModel(name: string): Promise<boolean> {
  const path = cachedModelPath(cacheFolder(), modelNamed(name));
  const partPath = `${path}.part`;
  const rebuildPath = `${path}.rebuild`;
  try {
    const found = await Promise.all([path, partPath, rebuildPath].map(exists));
    if (!found.includes(true)) return false; // there may be no folder to create the lock in
    const lock = await FileLock.acquire(`${path}.lock`, undefined, () => {});
    try {
      await removeVerified(path);
      await rm(partPath, { force: true });
      await forgetValidator(partPath);
      await rm(rebuildPath, { recursive: true, force: true });
    } finally {
      await lock.release();
    }
    return true;
  } catch (error) {
    throw systemErrorCode(error) === null ? error : writingFailed(path, error);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(error) ?? "")) return false;
    throw error;
  }
}
