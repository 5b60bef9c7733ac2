import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { systemErrorCode } from "../../errors.js";

/** A file by which the Vulkan loader finds a driver or layer, and what is wrong with it. */
export interface DamagedFile {
  readonly path: string;
  /** "is not valid JSON". */
  readonly what: string;
  /** The environment variable that names it; null: it is in one of the loader's folders. */
  readonly variable: string | null;
}

/** Lists of files or folders. The first two replace the loader's own folders. */
const onlyVariables = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"] as const;
const moreVariables = ["VK_ADD_DRIVER_FILES", "VK_LAYER_PATH", "VK_IMPLICIT_LAYER_PATH"] as const;

/** The variable that lists the drivers, where one is set. An empty one lists none. */
export function driverVariable(environment: NodeJS.ProcessEnv = process.env): string | null {
  return onlyVariables.find((name) => environment[name] !== undefined) ?? null;
}

/**
 * The first of those files that the loader could not read. Loaders report that as "out of host memory" and then find no other
 * driver. Windows keeps its list in the registry, so on Windows only files named by variables are checked.
 */
export function damagedDriverFile(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): DamagedFile | null {
  const separator = platform === "win32" ? ";" : ":";
  const named = [...onlyVariables, ...moreVariables].flatMap((variable) =>
    (environment[variable] ?? "")
      .split(separator)
      .filter(Boolean)
      .map((path) => ({ path, variable })),
  );
  const folders = platform === "win32" ? [] : loaderFolders(environment);
  const all = [...named, ...folders.map((path) => ({ path, variable: null }))];
  for (const { path, variable } of all)
    for (const file of filesAt(path, variable !== null)) {
      const what = wrongWith(file);
      if (what !== null) return { path: file, what, variable };
    }
  return null;
}

/** Where the loader looks on Linux and macOS: for layers, and for drivers unless a variable names them. */
function loaderFolders(environment: NodeJS.ProcessEnv): string[] {
  const list = (name: string, otherwise: string) => (environment[name] || otherwise).split(":");
  const home = environment.HOME || homeOrNone();
  const own = (name: string, below: string) => environment[name] || (home ? join(home, below) : "");
  const roots = [
    own("XDG_CONFIG_HOME", ".config"),
    ...list("XDG_CONFIG_DIRS", "/etc/xdg"),
    "/etc",
    own("XDG_DATA_HOME", ".local/share"),
    ...list("XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
  ];
  const kinds = ["implicit_layer.d", "explicit_layer.d", ...(driverVariable(environment) ? [] : ["icd.d"])];
  return roots.filter(Boolean).flatMap((root) => kinds.map((kind) => join(root, "vulkan", kind)));
}

function homeOrNone(): string {
  try {
    return homedir();
  } catch {
    return ""; // without a home folder there are no files there
  }
}

/** A file itself, or the .json files of a folder. The loader skips what is not there. */
function filesAt(path: string, mayBeFile: boolean): string[] {
  try {
    return readdirSync(path)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(path, name));
  } catch (error) {
    return mayBeFile && systemErrorCode(error) === "ENOTDIR" ? [path] : [];
  }
}

function wrongWith(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return `cannot be read (${systemErrorCode(error)})`;
  }
  try {
    JSON.parse(text);
    return null;
  } catch {
    return "is not valid JSON";
  }
}
