import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "../../errors.js";

/**
 * Creates a folder and those above it. Not with mkdir's own `recursive`: that never returns in Node 20 where an
 * existing folder reports ENOENT for what should be created in it, as those of /proc do.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = systemErrorCode(error);
    const parent = dirname(path);
    if (code === "ENOENT" && parent !== path && !(await isFolder(parent))) {
      await makeFolder(parent);
      // The parent exists now, so this recurses no deeper; another process may have been faster.
      await makeFolder(path);
    } else if (code !== "EEXIST" || !(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}
