import { readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { systemErrorCode } from "../../errors.js";

/** The path that writing to `path` reaches in the end, through links, the last of which may lead to nothing yet. */
export async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") return path;
    const link = await readlink(path).catch(() => null);
    return link === null ? path : targetOf(resolve(await realFolder(path), link));
  }
}

/** Equal for two paths that lead to the same file. A terminal is both input and output, and not a file. */
export async function identityOf(path: string): Promise<string> {
  const target = await targetOf(path);
  const found = await stat(target).catch(() => null);
  return found !== null && !found.isFile() ? resolve(path) : join(await realFolder(target), basename(target));
}

const realFolder = (path: string) => realpath(dirname(path)).catch(() => resolve(dirname(path)));
