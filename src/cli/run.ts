import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { reportIn } from "../engine/memory-report.js";
import { checkDevice } from "../engine/open-backend.js";
import { systemErrorCode, WhisperVulkanError } from "../errors.js";
import { type TranscribeOptions, type TranscriptionResult, Whisper } from "../index.js";
import { size } from "../memory/index.js";
import { findModel, type ModelChoice, resolveModel } from "../model/index.js";
import { settingsOf, startTokens } from "../whisper/index.js";
import { checkRecordings, type Expanded, expandInputs, type Recording } from "./inputs/index.js";
import { onInterrupt } from "./interrupt.js";
import { deviceOptions, type TranscribeFlags, transcribeOptions } from "./options/index.js";
import {
  checkDistinct,
  checkStream,
  leftAlone,
  type PlannedResult,
  plannedResults,
  prepare,
  type Wanted,
  wanted,
  writeWhole,
} from "./output/index.js";
import { pullProgress } from "./pull.js";
import { exitCodes, reportError, say } from "./report.js";
import { prepareReport, writeReport } from "./report-file.js";
import { Screen, summary } from "./screen.js";

/** A recording, and the files that it is to get. */
interface Job {
  readonly recording: Recording;
  readonly results: readonly PlannedResult[];
}

/** What is to be done, all of it checked. */
interface Plan extends Wanted {
  readonly jobs: readonly Job[];
  /** Whether standard output gets any number of recordings. */
  readonly several: boolean;
  readonly options: TranscribeOptions;
}

/** The command transcribe: checks everything, then does the recordings one after the other. */
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

interface Around {
  readonly commands: readonly string[];
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Everything that can be wrong is said here, before a model is pulled or loaded. */
async function planned(named: readonly string[], flags: TranscribeFlags, around: Around): Promise<Plan> {
  const options = transcribeOptions(flags);
  const { language, task } = settingsOf(options);
  await checkDevice(deviceOptions(flags));
  const expanded = await expandInputs(named);
  const several = expanded.any || expanded.recordings.length > 1;
  const want = await wanted(
    flags,
    expanded.recordings.map(({ input }) => input),
  );
  checkStream(want, several);
  const { nameLanguage = false } = flags;
  if (nameLanguage && want.destination.kind !== "folder")
    throw new WhisperVulkanError("option-invalid", "--name-language names files, but none gets a name here", {
      hint: "Give --format, and for another place --output with a folder.",
    });
  const model = await resolveModel(flags.model);
  // what a known model can't do is said before it is pulled
  if (model.kind === "catalogue") startTokens(model.model.dimensions.nVocab, language ?? "en", task);
  else await checkModelFile(model.path);
  const results = await plannedResults(want, expanded.recordings, {
    nameLanguage,
    textLanguage: task === "translate" ? "en" : language,
  });
  const jobs = await jobsOf(expanded, results, flags, around);
  const outputFolder = want.destination.kind === "folder" ? want.destination.path : null;
  if (jobs.length > 0) {
    const paths = jobs.flatMap((job) => job.results.map(({ path }) => path));
    await prepare(paths, outputFolder);
    await prepareReport(flags.memoryReport, filesRead(model, flags));
  }
  return { ...want, jobs, several, options };
}

/** The recordings that are left to do: whose results are not all there, and with which nothing is wrong. */
async function jobsOf(
  { recordings, errors }: Expanded,
  results: readonly PlannedResult[],
  flags: TranscribeFlags,
  { commands, screen, signal }: Around,
): Promise<Job[]> {
  const { overwrite = false, skipExisting = false, quiet = false, memoryReport } = flags;
  const report = memoryReport === undefined ? [] : [{ path: memoryReport, source: "--memory-report" }];
  const inputs = recordings.map(({ input }) => input);
  const files = results.map(({ path, recording }) => ({ path, source: recording.input }));
  await checkDistinct([...files, ...report], inputs);
  const ask = Boolean(process.stdin.isTTY && process.stderr.isTTY) && !quiet && !inputs.includes("-");
  const kept = await leftAlone(results, { overwrite, skipExisting, ask, signal });
  const fail = (error: unknown) => {
    process.exitCode = exitCodes.failed;
    screen.print(() => reportError(error));
  };
  for (const error of errors) fail(error);
  const left = (recording: Recording) =>
    results.filter((result) => result.recording === recording && !kept.has(result));
  const open = results.length === 0 ? recordings : recordings.filter((one) => left(one).length > 0);
  if (open.length < recordings.length)
    screen.note(
      `${recordings.length - open.length} of ${recordings.length} recordings have their results already`,
    );
  const good = await checkRecordings(open, {
    ...{ commands, signal, onError: fail },
    onCheck: ({ input }, nth) => screen.doing("checking", input, nth, open.length),
  });
  return good.map((recording) => ({ recording, results: left(recording) }));
}

/** Error: file-not-found. What else may be wrong with it is said when it is opened. */
async function checkModelFile(path: string): Promise<void> {
  const missing = await stat(path).then(
    () => false,
    (error) => systemErrorCode(error) === "ENOENT",
  );
  if (!missing) return;
  const known = findModel(/^ggml-(.+)\.bin$/.exec(basename(path.replaceAll("\\", "/")))?.[1] ?? "");
  throw new WhisperVulkanError("file-not-found", `There is no model file ${path}.`, {
    hint: known
      ? `--model ${known.name} needs no file: it is fetched once, by itself.`
      : "Check the path, or give a model's name (see the command models).",
  });
}

function filesRead(model: ModelChoice, { simulate }: TranscribeFlags): string[] {
  return [...(model.kind === "file" ? [model.path] : []), ...(simulate === undefined ? [] : [simulate])];
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
    const { input } = job.recording;
    try {
      const begun = performance.now();
      screen.doing("listening", input, i + 1, jobs.length);
      if (plan.destination.kind === "screen" && plan.several) screen.heading(input, i === 0);
      const result = await whisper.transcribe(input === "-" ? process.stdin : input, {
        ...plan.options,
        signal,
        onProgress: ({ processedSeconds, totalSeconds }) =>
          screen.doing("listening", input, i + 1, jobs.length, processedSeconds / totalSeconds),
        onSegment: (segment) => {
          if (plan.destination.kind === "screen") screen.segment(segment, plan.options.timestamps !== false);
        },
      });
      screen.clear();
      for (const warning of result.warnings) say(warning, "yellow");
      await deliver(plan, job, result);
      screen.note(summary(input, result, (performance.now() - begun) / 1000));
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

async function deliver({ destination, formats, several }: Plan, job: Job, result: TranscriptionResult) {
  if (destination.kind === "stdout") {
    const { write, writeInto } = formats[0]!;
    process.stdout.write(several && writeInto ? writeInto(result, job.recording.input) : write(result));
  }
  const textLanguage = result.task === "translate" ? "en" : result.language;
  for (const { format, pathIn } of job.results) await writeWhole(pathIn(textLanguage), format.write(result));
}
