import { WhisperVulkanError } from "../errors.js";
import type { MemoryReport } from "../index.js";
import { prepare, writeWhole } from "./output.js";

/** Whether --memory-report can be written, before the long work starts. Errors: option-invalid, output-unwritable. */
export async function prepareReport(path: string | undefined): Promise<void> {
  if (path === "" || path === "-")
    throw new WhisperVulkanError("option-invalid", "--memory-report names no file");
  if (path !== undefined) await elsewhere(prepare({ kind: "file", path }, [path]));
}

/** Writes what happened with a GPU's memory, if that was asked for. Errors: output-unwritable, disk-full. */
export async function writeReport(path: string | undefined, report: MemoryReport | null): Promise<void> {
  if (path === undefined) return;
  if (report) await elsewhere(writeWhole(path, `${JSON.stringify(report, null, 2)}\n`));
  console.error(
    report
      ? `${path}: what happened with the GPU's memory; whisper-vulkan replay ${path} plays it`
      : `whisper-vulkan: ${path} was not written: no GPU's memory was asked for`,
  );
}

async function elsewhere(writing: Promise<void>): Promise<void> {
  await writing.catch((cause) => {
    if (!(cause instanceof WhisperVulkanError)) throw cause;
    throw new WhisperVulkanError(cause.code, cause.message, {
      hint: "Choose another place with --memory-report.",
      cause,
    });
  });
}
