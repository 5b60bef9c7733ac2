import { type MemoryReplay, type MemoryReport, readReport, replay } from "../memory/index.js";
import { readJson } from "../memory/read-json.js";

/** A report, and what replaying it came to. */
export interface ReplayedReport extends MemoryReplay {
  readonly report: MemoryReport;
}

/**
 * Plays a memory report (whisper.memoryReport(), --memory-report) with the code that allocates, on a simulation that
 * reports and answers what the device did then: the decisions are the same. With budgets, refusals or requests edited they
 * are those of a device like that. Takes the path of a JSON file, or the report itself. Errors: memory-report-invalid (which
 * field), file-not-found, file-is-folder, file-unreadable.
 */
export async function replayMemory(file: string | MemoryReport): Promise<ReplayedReport> {
  const json = typeof file === "string" ? await readJson(file, file, "memory-report-invalid") : file;
  const report = readReport(json, typeof file === "string" ? file : "the memory report");
  return { report, ...replay(report) };
}
