import { randomBytes } from "node:crypto";
import { constants, rmSync } from "node:fs";
import { access, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { systemErrorCode, WhisperVulkanError } from "../errors.js";
import { makeFolder } from "../model/index.js";
import { isFile } from "./inputs.js";
import { identityOf, targetOf } from "./targets.js";

/** Where results go: standard output, one named file, or a folder (null: beside each input). */
export type Destination =
  | { readonly kind: "stdout" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string | null };

/**
 * --output as the user means it: "-", a folder (one that exists, or a path that ends with a separator), else a
 * file, which fits one input in one format only. Without --output results lie beside the inputs.
 */
export async function destinationOf(output: string | undefined, nResults: number): Promise<Destination> {
  if (output === "-") return { kind: "stdout" };
  if (output === undefined) return { kind: "folder", path: null };
  if (output === "") throw new WhisperVulkanError("option-invalid", "--output names nothing");
  const isFolder = await stat(output).then(
    (found) => found.isDirectory(),
    () => /[/\\]$/.test(output),
  );
  if (isFolder) return { kind: "folder", path: output };
  if (nResults > 1)
    throw new WhisperVulkanError(
      "option-invalid",
      `${nResults} results don't fit into the one file ${output}`,
      { hint: `For a folder write --output ${output}/` },
    );
  return { kind: "file", path: output };
}

/** The file for one input and format: talk.mp3 -> talk.srt, in the folder chosen or beside the input. */
export function outputPath(destination: Destination, input: string, extension: string): string {
  if (destination.kind === "file") return destination.path;
  const path = isFile(input) ? input : input === "-" ? "stdin" : new URL(input).pathname;
  const name = basename(path, extname(path)) || "download";
  const chosen = destination.kind === "folder" ? destination.path : null;
  return join(chosen ?? (isFile(input) ? dirname(input) : "."), `${name}.${extension}`);
}

/** Two results for one file, or a result over its own recording, would lose data. Error: option-invalid. */
export async function checkDistinct(paths: readonly string[], inputs: readonly string[]): Promise<void> {
  const taken = new Set(await Promise.all(inputs.filter(isFile).map(identityOf)));
  for (const path of paths) {
    const identity = await identityOf(path);
    if (taken.has(identity))
      throw new WhisperVulkanError("option-invalid", `${path} would be overwritten`, {
        hint: "Inputs of the same name need runs of their own, with different --output folders.",
      });
    taken.add(identity);
  }
  if (inputs.indexOf("-") !== inputs.lastIndexOf("-"))
    throw new WhisperVulkanError("option-invalid", 'standard input ("-") is given twice');
}

/**
 * Makes the output folder and sees that results can be written, before the long work starts.
 * Error: output-unwritable.
 */
export async function prepare(destination: Destination, paths: readonly string[]): Promise<void> {
  if (destination.kind === "folder" && destination.path !== null)
    await makeFolder(destination.path).catch((cause) => Promise.reject(unwritable(destination.path!, cause)));
  for (const path of paths) {
    const target = await targetOf(path);
    const existing = await stat(target).catch((cause) => {
      if (systemErrorCode(cause) !== "ENOENT") throw unwritable(path, cause);
      return null;
    });
    if (existing?.isDirectory()) throw unwritable(path, "it is a folder");
    // A file is written under another name first, so its folder must be writable too.
    const folder = dirname(target);
    const needed = existing === null ? [folder] : existing.isFile() ? [target, folder] : [target];
    for (const place of needed)
      await access(place, constants.W_OK).catch((cause) => {
        const missing = systemErrorCode(cause) === "ENOENT";
        throw unwritable(path, missing ? `there is no folder ${folder}` : cause);
      });
  }
}

/** Half-written files, removed even when the process ends before they are whole. */
const halfWritten = new Set<string>();
process.on("exit", () => {
  for (const path of halfWritten) rmSync(path, { force: true });
});

/**
 * Whole or not at all: written under another name first. A link is followed; what is no plain file (a device, a
 * pipe) is written to, never replaced. Error: output-unwritable, disk-full.
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  const target = await targetOf(path);
  const isSpecial = await stat(target).then(
    (found) => !found.isFile(),
    () => false,
  );
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}.part`);
  halfWritten.add(temporary);
  try {
    if (isSpecial) await writeFile(target, content);
    else {
      await writeFile(temporary, content);
      await rename(temporary, target);
    }
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(path, cause);
  } finally {
    halfWritten.delete(temporary);
  }
}

/** The error for a result that could not be written. */
export function unwritable(path: string, cause: unknown): WhisperVulkanError {
  const code = systemErrorCode(cause);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new WhisperVulkanError("disk-full", `no room left to write ${path}`, {
      hint: "Free some space, or choose another place with --output.",
      cause,
    });
  return new WhisperVulkanError("output-unwritable", `cannot write ${path} (${code ?? cause})`, {
    hint: "Choose another place with --output.",
    cause,
  });
}
