import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { checkDevice } from "../engine/open-backend.js";
import { systemErrorCode, WhisperVulkanError } from "../errors.js";
import type { TranscribeOptions } from "../index.js";
import { findModel, type ModelChoice, resolveModel } from "../model/index.js";
import { settingsOf, startTokens } from "../whisper/index.js";
import { checkRecordings, type Expanded, expandInputs, type Recording } from "./inputs/index.js";
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
} from "./output/index.js";
import { exitCodes, reportError } from "./report.js";
import { prepareReport } from "./report-file.js";
import type { Screen } from "./screen.js";

/** A recording and the files to write for it. */
export interface Job {
  readonly recording: Recording;
  readonly results: readonly PlannedResult[];
}

/** The work to do, fully checked. */
export interface Plan extends Wanted {
  readonly jobs: readonly Job[];
  /** Whether standard output holds any number of recordings. */
  readonly several: boolean;
  readonly options: TranscribeOptions;
}

interface Around {
  readonly commands: readonly string[];
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Reports everything that can be wrong, before a model is pulled or loaded. */
export async function planned(
  named: readonly string[],
  flags: TranscribeFlags,
  around: Around,
): Promise<Plan> {
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
    throw new WhisperVulkanError(
      "option-invalid",
      "--name-language has no effect here: no result file is named after a recording",
      {
        hint: "Give --format to write files beside the recordings, or --output with a folder.",
      },
    );
  const model = await resolveModel(flags.model);
  // report what a known model cannot do before it is pulled
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
  const files = results.map(({ path, recording }) => ({ path, source: recording.name }));
  await checkDistinct([...files, ...report], inputs);
  const ask = Boolean(process.stdin.isTTY && process.stderr.isTTY) && !quiet && !inputs.includes("-");
  const kept = await leftAlone(results, { overwrite, skipExisting, ask, signal });
  const fail = (error: unknown) => {
    process.exitCode = exitCodes.failed;
    screen.print(() => reportError(error));
  };
  for (const error of errors) fail(error);
  const left = new Map(recordings.map((recording) => [recording, [] as PlannedResult[]]));
  for (const result of results) if (!kept.has(result)) left.get(result.recording)?.push(result);
  const open = recordings.filter((recording) => results.length === 0 || left.get(recording)!.length > 0);
  const done = recordings.filter((recording) => !open.includes(recording));
  if (done.length === 1) screen.note(`${done[0]!.name} has its results already`);
  else if (done.length > 1)
    screen.note(`${done.length} of ${recordings.length} recordings have their results already`);
  const good = await checkRecordings(open, {
    ...{ commands, signal, onError: fail },
    onCheck: ({ name }, nth) => screen.doing("checking", name, nth, open.length),
  });
  return good.map((recording) => ({ recording, results: left.get(recording)! }));
}

/** Error: file-not-found. Opening the file reports anything else that is wrong with it. */
async function checkModelFile(path: string): Promise<void> {
  const missing = await stat(path).then(
    () => false,
    (error) => systemErrorCode(error) === "ENOENT",
  );
  if (!missing) return;
  const known = findModel(/^ggml-(.+)\.bin$/.exec(basename(path.replaceAll("\\", "/")))?.[1] ?? "");
  throw new WhisperVulkanError("file-not-found", `There is no model file ${path}.`, {
    hint: known
      ? `--model ${known.name} needs no file: the model is downloaded once, automatically.`
      : "Check the path, or give a model's name (see the command models).",
  });
}

function filesRead(model: ModelChoice, { simulate }: TranscribeFlags): string[] {
  return [...(model.kind === "file" ? [model.path] : []), ...(simulate === undefined ? [] : [simulate])];
}
