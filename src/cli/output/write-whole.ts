import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { targetOf } from "./targets.js";

/** Half-written files, removed even when the process ends before they are whole. */
const halfWritten = new Set<string>();
process.on("exit", () => {
  for (const path of halfWritten) rmSync(path, { force: true });
});

/**
 * Writes a file whole or not at all: under another name first. A link is followed; what is not a plain file (a device, a
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
    return new WhisperVulkanError("disk-full", `No room left to write ${path}`, {
      hint: "Free some space, or choose another place with --output.",
      cause,
    });
  return new WhisperVulkanError("output-unwritable", `Cannot write ${path} (${code ?? cause})`, {
    hint: "Choose another place with --output.",
    cause,
  });
}
