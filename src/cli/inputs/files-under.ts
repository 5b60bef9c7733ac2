import { type Dirent, promises } from "node:fs";
import { join } from "node:path";

/** Called with the system's error for a folder that cannot be read. */
export type Unreadable = (error: unknown) => void;

export const isVisible = (name: string): boolean => !name.startsWith(".");

interface Search {
  /** Whether a file or folder of this name counts. */
  readonly passes: (name: string) => boolean;
  /** How many levels of folders to search; 1: only the folder itself. */
  readonly depth: number;
  /** For a folder below; the rest is still searched. */
  readonly unreadable: Unreadable;
}

/**
 * All files in a folder and those below it, in the order of their names. Links to files count, links to folders are not
 * followed: they may lead in a circle. Throws what reading the folder itself throws.
 */
export async function filesUnder(folder: string, search: Search): Promise<string[]> {
  const entries = (await promises.readdir(folder, { withFileTypes: true }))
    .filter(({ name }) => search.passes(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (await leadsToFile(entry, path)) found.push(path);
    else if (entry.isDirectory() && search.depth > 1)
      try {
        found.push(...(await filesUnder(path, { ...search, depth: search.depth - 1 })));
      } catch (error) {
        search.unreadable(error);
      }
  }
  return found;
}

async function leadsToFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return promises.stat(path).then(
    (target) => target.isFile(),
    () => false, // a broken link is not a recording
  );
}
