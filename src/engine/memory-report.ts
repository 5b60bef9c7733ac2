import { WhisperVulkanError } from "../errors.js";
import type { MemoryReport } from "../memory/index.js";

/** For notes: how the user can pass the record on. */
export const howToReport =
  "to have it investigated, write a memory report (--memory-report FILE; in the library whisper.memoryReport())";

/** The memory report that an error carries, from another process too; null where there is none. */
export function reportIn(error: unknown): MemoryReport | null {
  if (!(error instanceof WhisperVulkanError) || !("report" in error)) return null;
  return error.report as MemoryReport | null;
}
