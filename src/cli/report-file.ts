import type { MemoryReport } from "../index.js";
import { prepare } from "./output/index.js";
import { say } from "./report.js";
import { checkSideFile, elsewhere, writeSideFile } from "./side-file.js";

const option = "--memory-report";

/**
 * Checks that --memory-report can be written, before the long work starts. inputs: files that must not be overwritten. Errors:
 * option-invalid, output-unwritable.
 */
export async function prepareReport(path: string | undefined, inputs: readonly string[]): Promise<void> {
  await checkSideFile(option, path, inputs);
  if (path !== undefined) await elsewhere(option, prepare([path]));
}

/**
 * Writes the record of a GPU's memory if the user asked for it, and tells `note` how to replay it. Errors:
 * output-unwritable, disk-full.
 */
export async function writeReport(
  path: string | undefined,
  report: MemoryReport | null,
  note: (text: string) => void,
): Promise<void> {
  if (path === undefined) return;
  if (!report) return say(`${path} was not written: no GPU memory was requested`, "yellow");
  await writeSideFile(option, path, `${JSON.stringify(report, null, 2)}\n`);
  note(`${path}: a record of the GPU's memory; whisper-vulkan replay ${path} repeats it`);
}
