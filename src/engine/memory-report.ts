import { WhisperVulkanError } from "../errors.js";
import type { MemoryReport } from "../memory/index.js";

/** For notes: how what happened is passed on. */
export const howToReport =
  "to have it investigated, write a memory report (--memory-report FILE; in the library whisper.memoryReport())";

/** What an error carries of a GPU's refusals, from another process too; null where there is nothing. */
export function reportIn(error: unknown): MemoryReport | null {
  if (!(error instanceof WhisperVulkanError) || !("report" in error)) return null;
  return error.report as MemoryReport | null;
}
