import { type MemoryReplay, type MemoryReport, readReport, replay } from "../memory/index.js";
import { readJson } from "../memory/read-json.js";

/** A report and the result of replaying it. */
export interface ReplayedReport extends MemoryReplay {
  readonly report: MemoryReport;
}

/**
 * Replays a memory report (whisper.memoryReport(), --memory-report) with the code that allocates, on a simulation that
 * gives the recorded reports and answers of the device: the decisions are the same. With edited budgets, refusals or requests, they
 * are the decisions on such a device. Takes the path of a JSON file, or the report itself. Errors: memory-report-invalid (names the
 * field), file-not-found, file-is-folder, file-unreadable.
 */
export async function replayMemory(file: string | MemoryReport): Promise<ReplayedReport> {
  const json = typeof file === "string" ? await readJson(file, file, "memory-report-invalid") : file;
  const report = readReport(json, typeof file === "string" ? file : "the memory report");
  return { report, ...replay(report) };
}
