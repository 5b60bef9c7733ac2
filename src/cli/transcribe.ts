import type { Command } from "commander";
import { reportIn } from "../engine/memory-report.js";
import { checkDevice } from "../engine/open-backend.js";
import { formatNamed, oneLine, timestamp } from "../formats/index.js";
import { type Segment, type TranscribeOptions, type TranscriptionResult, Whisper } from "../index.js";
import { size } from "../memory/index.js";
import { parseSize } from "../memory/parse-size.js";
import { resolveModel } from "../model/index.js";
import { settingsOf, startTokens } from "../whisper/index.js";
import { withoutFileAddress, worthTrying } from "./inputs.js";
import { onInterrupt } from "./interrupt.js";
import { checkDistinct, type Destination, destinationOf, outputPath, prepare, writeWhole } from "./output.js";
import { ProgressBar } from "./progress-bar.js";
import { pullProgress } from "./pull.js";
import { exitCodes, reportError } from "./report.js";
import { prepareReport, writeReport } from "./report-file.js";
import { numbers, single, wholeNumber } from "./usage.js";

interface Flags {
  readonly model: string;
  readonly language: string;
  readonly task: string;
  readonly device?: string;
  readonly threads?: string;
  readonly simulate?: string;
  readonly vramLimit?: string;
  readonly format?: string;
  readonly output?: string;
  readonly temperature?: string;
  readonly prompt?: string;
  readonly memoryReport?: string;
  readonly quiet?: boolean;
}

export function addTranscribeCommand(program: Command): void {
  const command = program
    .command("transcribe", { isDefault: true })
    .description("recordings to text (the default command)")
    .argument("<files...>", 'recordings: paths, URLs; "-" is standard input');
  single(command, "-m, --model <name|path>", "a model's name (see models), or a ggml file", "base");
  single(command, "-l, --language <language>", 'code or English name; "auto" detects it', "auto");
  single(command, "-t, --task <task>", "transcribe, or translate (to English)", "transcribe");
  single(command, "-d, --device <device>", deviceHelp);
  single(command, "--threads <n>", "threads of the CPU backend (default: all cores, at most 8)");
  single(command, "--simulate <card>", "have the GPU's memory behave like another card's (see memory)");
  single(command, "--vram-limit <size>", "take no more of the GPU's own memory than this, e.g. 2GiB");
  single(command, "-f, --format <formats>", "txt, srt, vtt, json; several with commas");
  single(command, "-o, --output <file|folder|->", outputHelp);
  single(command, "--temperature <t>", temperatureHelp);
  single(command, "--prompt <text>", "text the recording continues: names, spelling, style");
  single(
    command,
    "--memory-report <file>",
    "what happened with the GPU's memory, for replay; no sound, no text",
  );
  command.option("-q, --quiet", "no progress, no summary").action((files, flags) => {
    const commands = [...program.commands.map((known) => known.name()), "help"];
    return run(files, flags, commands);
  });
}

const deviceHelp =
  "auto, cpu, a number or a part of a name (see devices) (default: WHISPER_VULKAN_DEVICE, else auto)";
const outputHelp =
  'a file, a folder (ends with /), "-" for standard output (default: with --format beside the recordings)';
const temperatureHelp =
  "one value: no fallback; a list: the next is tried where a text looks wrong (default: 0,0.2,0.4,0.6,0.8,1)";

async function run(named: readonly string[], flags: Flags, commands: readonly string[]): Promise<void> {
  const files = named.map(withoutFileAddress);
  const formats = formatsOf(flags);
  const options = transcribeOptions(flags);
  const device = deviceOptions(flags);
  const { language, task } = settingsOf(options);
  await checkDevice(device);
  const destination = await destinationOf(flags.output, files.length * formats.length);
  const pathsOf = (file: string) => formats.map((format) => outputPath(destination, file, format));
  const report = flags.memoryReport === undefined ? [] : [flags.memoryReport];
  await checkDistinct([...(destination.kind === "stdout" ? [] : files.flatMap(pathsOf)), ...report], files);
  const model = await resolveModel(flags.model);
  // what a known model can't do is said before it is pulled
  if (model.kind === "catalogue") startTokens(model.model.dimensions.nVocab, language ?? "en", task);
  const inputs = await worthTrying(files, commands);
  if (inputs.length < files.length) process.exitCode = exitCodes.failed;
  if (inputs.length === 0) return;
  if (destination.kind !== "stdout") await prepare(destination, inputs.flatMap(pathsOf));
  await prepareReport(flags.memoryReport, [
    ...(model.kind === "file" ? [model.path] : []),
    ...(flags.simulate === undefined ? [] : [flags.simulate]),
  ]);

  const signal = onInterrupt();
  const bar = new ProgressBar(flags.quiet ?? false);
  const note = (text: string) => {
    bar.clear();
    if (!flags.quiet) console.error(text);
  };
  const onProgress = pullProgress(bar, flags.model);
  const loading = Whisper.load(flags.model, { ...device, signal, onProgress, onNote: note });
  const whisper = await loading
    .catch(async (error) => {
      await writeReport(flags.memoryReport, reportIn(error));
      throw error;
    })
    .finally(() => bar.clear());
  try {
    note(`${whisper.device.device} (${whisper.device.details})`);
    for (const { sizeBytes, what, where } of whisper.memory())
      note(`${size(sizeBytes)}: ${what}, in ${where}`);
    for (const file of inputs) {
      try {
        const started = performance.now();
        const result = await whisper.transcribe(file === "-" ? process.stdin : file, {
          ...options,
          signal,
          onProgress: ({ processedSeconds, totalSeconds }) => bar.draw(file, processedSeconds / totalSeconds),
          onSegment: (segment) => {
            bar.clear();
            if (formats.length === 0) printSegment(segment);
          },
        });
        bar.clear();
        for (const warning of result.warnings) console.error(`whisper-vulkan: ${warning}`);
        for (const format of formats) await deliver(destination, file, format, result);
        note(summary(file, result, (performance.now() - started) / 1000));
      } catch (error) {
        bar.clear();
        process.exitCode = reportError(error);
        if (signal.aborted) return;
        process.exitCode = exitCodes.failed;
      }
    }
  } finally {
    const memoryReport = whisper.memoryReport();
    await whisper.dispose();
    await writeReport(flags.memoryReport, memoryReport);
  }
}

function formatsOf({ format, output }: Flags): string[] {
  const named = format ?? (output === undefined ? null : "txt");
  const formats = [...new Set(named?.split(",").map((name) => name.trim().toLowerCase()))];
  for (const name of formats) formatNamed(name);
  return formats;
}

function transcribeOptions({ language, task, prompt, temperature }: Flags): TranscribeOptions {
  const temperatures = temperature === undefined ? undefined : numbers("--temperature", temperature);
  return {
    language,
    task: task as "transcribe" | "translate",
    ...(prompt === undefined ? {} : { prompt }),
    ...(temperatures && { temperature: temperatures.length === 1 ? temperatures[0]! : temperatures }),
  };
}

function deviceOptions({ device, threads, simulate, vramLimit }: Flags) {
  return {
    ...(simulate === undefined ? {} : { simulate }),
    ...(vramLimit === undefined ? {} : { vramLimitBytes: parseSize(vramLimit, "--vram-limit") }),
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads: wholeNumber("--threads", threads) }),
  };
}

function printSegment({ start, end, text }: Segment): void {
  const time = (seconds: number) => timestamp(seconds, { separator: ".", alwaysHours: false });
  console.log(`[${time(start)} --> ${time(end)}] ${oneLine(text)}`);
}

function summary(file: string, { duration, language }: TranscriptionResult, seconds: number): string {
  const factor = (seconds / duration).toFixed(2);
  return `${file}: ${duration.toFixed(1)} s of ${language} in ${seconds.toFixed(1)} s, real-time factor ${factor}`;
}

async function deliver(destination: Destination, input: string, format: string, result: TranscriptionResult) {
  const content = formatNamed(format)(result);
  if (destination.kind === "stdout") process.stdout.write(content);
  else await writeWhole(outputPath(destination, input, format), content);
}
