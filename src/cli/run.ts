import { reportIn } from "../engine/memory-report.js";
import { type TranscriptionResult, Whisper } from "../index.js";
import { size } from "../memory/index.js";
import { onInterrupt } from "./interrupt.js";
import { deviceOptions, type TranscribeFlags } from "./options/index.js";
import { writeWhole } from "./output/index.js";
import { type Job, type Plan, planned } from "./plan.js";
import { pullProgress } from "./pull.js";
import { exitCodes, reportError, say } from "./report.js";
import { writeReport } from "./report-file.js";
import { Screen, summary } from "./screen.js";

/** The command transcribe: checks everything, then transcribes the recordings one after the other. */
export async function run(named: readonly string[], flags: TranscribeFlags, commands: readonly string[]) {
  const signal = onInterrupt();
  const screen = new Screen(flags.quiet ?? false);
  try {
    const plan = await planned(named, flags, { commands, screen, signal });
    if (plan.jobs.length === 0) return;
    const whisper = await load(flags, screen, signal);
    try {
      await transcribeAll(whisper, plan, screen, signal);
    } finally {
      screen.clear();
      const memoryReport = whisper.memoryReport();
      await whisper.dispose();
      await writeReport(flags.memoryReport, memoryReport, screen.note);
    }
  } finally {
    screen.clear();
  }
}

async function load(flags: TranscribeFlags, screen: Screen, signal: AbortSignal): Promise<Whisper> {
  const onProgress = pullProgress(screen.status, flags.model);
  screen.doing("loading", flags.model);
  try {
    const options = { ...deviceOptions(flags), signal, onProgress, onNote: screen.note };
    const whisper = await Whisper.load(flags.model, options);
    screen.note(`${whisper.device.device} (${whisper.device.details})`);
    for (const { sizeBytes, what, where } of whisper.memory())
      screen.note(`${size(sizeBytes)}: ${what}, in ${where}`);
    return whisper;
  } catch (error) {
    screen.clear();
    await writeReport(flags.memoryReport, reportIn(error), screen.note);
    throw error;
  }
}

async function transcribeAll(whisper: Whisper, plan: Plan, screen: Screen, signal: AbortSignal) {
  const { jobs } = plan;
  let nFailed = 0;
  const started = performance.now();
  for (const [i, job] of jobs.entries()) {
    const { input, name } = job.recording;
    try {
      const begun = performance.now();
      screen.doing("listening", name, i + 1, jobs.length);
      if (plan.destination.kind === "screen" && plan.several) screen.heading(name, i === 0);
      const result = await whisper.transcribe(input === "-" ? process.stdin : input, {
        ...plan.options,
        signal,
        onProgress: ({ processedSeconds, totalSeconds }) =>
          screen.doing("listening", name, i + 1, jobs.length, processedSeconds / totalSeconds),
        onSegment: (segment) => {
          if (plan.destination.kind === "screen") screen.segment(segment, plan.options.timestamps !== false);
        },
      });
      screen.clear();
      for (const warning of result.warnings) say(warning, "yellow");
      const written = await deliver(plan, job, result);
      screen.note(summary(name, written, result, (performance.now() - begun) / 1000));
    } catch (error) {
      screen.clear();
      process.exitCode = reportError(error);
      if (signal.aborted) return;
      process.exitCode = exitCodes.failed;
      nFailed++;
    }
  }
  if (jobs.length > 1) {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    screen.note(`${jobs.length - nFailed} of ${jobs.length} recordings done in ${seconds} s`);
  }
}

/** Returns the paths of the files written. */
async function deliver({ destination, formats, several }: Plan, job: Job, result: TranscriptionResult) {
  if (destination.kind === "stdout") {
    const { write, writeInto } = formats[0]!;
    process.stdout.write(several && writeInto ? writeInto(result, job.recording.name) : write(result));
  }
  const textLanguage = result.task === "translate" ? "en" : result.language;
  const written: string[] = [];
  for (const { format, pathIn } of job.results) {
    const path = pathIn(textLanguage);
    await writeWhole(path, format.write(result));
    written.push(path);
  }
  return written;
}
