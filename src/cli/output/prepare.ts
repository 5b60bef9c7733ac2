import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { makeFolder } from "../../model/index.js";
import { isFile } from "../inputs/index.js";
import { identityOf, targetOf } from "./targets.js";
import { unwritable } from "./write-whole.js";

/** A file that will be written, and its source: a recording, or an option such as --memory-report. */
export interface ToWrite {
  readonly path: string;
  readonly source: string;
}

/** Refuses two results for one file, or a result over a recording, which would lose data. Error: option-invalid. */
export async function checkDistinct(files: readonly ToWrite[], inputs: readonly string[]): Promise<void> {
  const read = new Set(await Promise.all(inputs.filter(isFile).map(identityOf)));
  const written = new Map<string, string>();
  for (const { path, source } of files) {
    const identity = await identityOf(path);
    const other = written.get(identity);
    if (read.has(identity))
      throw new WhisperVulkanError("option-invalid", `${path} would be overwritten`, {
        hint: "It is one of the input files: choose another place for the results.",
      });
    if (other !== undefined)
      throw new WhisperVulkanError("option-invalid", `${path} would be overwritten`, {
        hint: `The results of ${other} and of ${source} would have the same name: transcribe them separately, with different --output folders.`,
      });
    written.set(identity, source);
  }
}

/**
 * Creates the output folder, with subfolders that mirror the recordings', and checks that results can be written, before
 * the long work starts. Error: output-unwritable.
 */
export async function prepare(paths: readonly string[], outputFolder: string | null = null): Promise<void> {
  if (outputFolder !== null)
    for (const folder of new Set([outputFolder, ...paths.map(dirname)]))
      await makeFolder(folder).catch((cause) => Promise.reject(unwritable(folder, cause)));
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
