import { WhisperVulkanError } from "../errors.js";
import { checkDistinct, writeWhole } from "./output/index.js";

/** Checks that an option names a file, and not one that is read. Error: option-invalid. */
export async function checkSideFile(
  option: string,
  path: string | undefined,
  inputs: readonly string[],
): Promise<void> {
  if (path === "" || path === "-")
    throw new WhisperVulkanError("option-invalid", `${option} needs the name of a file`, {
      hint: `Give one after ${option}.`,
    });
  if (path !== undefined) await elsewhere(option, checkDistinct([{ path, source: option }], inputs));
}

/** Writes the file whole or not at all. Errors: output-unwritable, disk-full. */
export function writeSideFile(option: string, path: string, content: string): Promise<void> {
  return elsewhere(option, writeWhole(path, content));
}

/** The same error, with a hint that names the option to change. */
export async function elsewhere(option: string, work: Promise<void>): Promise<void> {
  await work.catch((cause) => {
    if (!(cause instanceof WhisperVulkanError)) throw cause;
    const hint = `Choose another place with ${option}.`;
    throw new WhisperVulkanError(cause.code, cause.message, { hint, cause });
  });
}
