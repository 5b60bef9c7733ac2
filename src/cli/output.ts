import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { systemErrorCode, WhisperVulkanError } from "../errors.js";
import { cleanUps } from "./interrupt.js";

/** Where results go: standard output, one named file, or a folder with names taken from the inputs. */
export type Destination =
  | { readonly kind: "stdout" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string };

/**
 * --output as the user means it: "-", a folder (one that exists, or a path that ends with a separator), else a
 * file, which fits one input in one format only. Without --output results lie beside the inputs.
 */
export async function destinationOf(output: string | undefined, nResults: number): Promise<Destination> {
  if (output === "-") return { kind: "stdout" };
  if (output === undefined) return { kind: "folder", path: "" };
  const isFolder = await stat(output).then(
    (found) => found.isDirectory(),
    () => /[/\\]$/.test(output),
  );
  if (isFolder) {
    await stat(output).catch(() => {
      throw new WhisperVulkanError("output-unwritable", `there is no folder ${output}`, {
        hint: "make it first",
      });
    });
    return { kind: "folder", path: output };
  }
  if (nResults > 1)
    throw new WhisperVulkanError(
      "option-invalid",
      `${nResults} results don't fit into the one file ${output}`,
      {
        hint: "name a folder with --output",
      },
    );
  return { kind: "file", path: output };
}

/** The file for one input and format: talk.mp3 -> talk.srt, in the folder chosen or beside the input. */
export function outputPath(destination: Destination, input: string, extension: string): string {
  if (destination.kind === "file") return destination.path;
  const name = input === "-" ? "stdin" : basename(input, extname(input));
  const folder =
    destination.kind === "folder" && destination.path
      ? destination.path
      : input === "-"
        ? "."
        : dirname(input);
  return join(folder, `${name}.${extension}`);
}

/** Two results for one file, or a result over its own recording, would lose data. Error: option-invalid. */
export function checkDistinct(paths: readonly string[], inputs: readonly string[]): void {
  const taken = new Set(inputs.filter((input) => input !== "-").map((input) => resolve(input)));
  for (const path of paths) {
    if (taken.has(resolve(path)))
      throw new WhisperVulkanError("option-invalid", `${path} would be overwritten`, {
        hint: "Inputs of the same name need runs of their own, with different --output folders.",
      });
    taken.add(resolve(path));
  }
}

/**
 * Whole or not at all: written under another name first. A link is followed; what is no plain file (a device, a
 * pipe) is written to, never replaced. Error: output-unwritable, disk-full.
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const isSpecial = await stat(target).then(
    (found) => !found.isFile(),
    () => false,
  );
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}.part`);
  const cleanUp = () => rmSync(temporary, { force: true });
  cleanUps.add(cleanUp);
  try {
    if (isSpecial) await writeFile(target, content);
    else {
      await writeFile(temporary, content);
      await rename(temporary, target);
    }
  } catch (cause) {
    await rm(temporary, { force: true });
    const code = systemErrorCode(cause);
    if (code === "ENOSPC")
      throw new WhisperVulkanError("disk-full", `no room left to write ${path}`, { cause });
    throw new WhisperVulkanError("output-unwritable", `cannot write ${path} (${code ?? cause})`, {
      hint: "choose another place with --output",
      cause,
    });
  } finally {
    cleanUps.delete(cleanUp);
  }
}
