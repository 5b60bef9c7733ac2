import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Format } from "../../formats/index.js";
import { languages } from "../../whisper/index.js";
import type { Recording } from "../inputs/index.js";
import { outputPath, type Wanted } from "./destination.js";

/** A file that will hold a recording's transcript in one format. */
export interface PlannedResult {
  readonly recording: Recording;
  readonly format: Format;
  /** Its path, except for the language that --name-language adds. */
  readonly path: string;
  /** Its path where that is known; while the language is still to be detected, the existing paths. */
  readonly paths: readonly string[];
  /** Its path for a text in this language. */
  pathIn(language: string): string;
}

/** How files are named. textLanguage: the language of the text where it is known beforehand; null: still to be detected. */
export interface Naming {
  readonly nameLanguage: boolean;
  readonly textLanguage: string | null;
}

/** The files that will be written, recording by recording; none for the screen and standard output. */
export async function plannedResults(
  { destination, formats }: Wanted,
  recordings: readonly Recording[],
  { nameLanguage, textLanguage }: Naming,
): Promise<PlannedResult[]> {
  if (destination.kind === "screen" || destination.kind === "stdout") return [];
  const namesIn = filesByFolder();
  const planned: PlannedResult[] = [];
  for (const recording of recordings)
    for (const format of formats) {
      const pathIn = (language: string) =>
        outputPath(destination, recording, format, nameLanguage ? language : null);
      const path = outputPath(destination, recording, format, null);
      const there = async () => {
        const names = await namesIn(dirname(path));
        const possible = languages.map(([code]) => pathIn(code));
        return possible.filter((candidate) => names.has(basename(candidate)));
      };
      const paths = !nameLanguage ? [path] : textLanguage === null ? await there() : [pathIn(textLanguage)];
      planned.push({ recording, format, path, paths, pathIn });
    }
  return planned;
}

/** The names in a folder, each folder read once. None where it cannot be read; writing to it reports that. */
function filesByFolder(): (folder: string) => Promise<ReadonlySet<string>> {
  const known = new Map<string, Promise<ReadonlySet<string>>>();
  return (folder) => {
    let names = known.get(folder);
    if (!names) {
      names = readdir(folder).then(
        (found) => new Set(found),
        () => new Set(),
      );
      known.set(folder, names);
    }
    return names;
  };
}
