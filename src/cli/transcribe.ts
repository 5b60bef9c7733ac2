import type { Command } from "commander";
import { formatNamed, timestamp } from "../formats/index.js";
import { type Segment, type TranscribeOptions, type TranscriptionResult, Whisper } from "../index.js";
import { settingsOf } from "../whisper/index.js";
import { onInterrupt } from "./interrupt.js";
import { checkDistinct, type Destination, destinationOf, outputPath, writeWhole } from "./output.js";
import { ProgressBar } from "./progress-bar.js";
import { pullProgress } from "./pull.js";
import { exitCodes, reportError } from "./report.js";

interface Flags {
  readonly model: string;
  readonly language: string;
  readonly task: string;
  readonly device?: string;
  readonly threads?: string;
  readonly format?: string;
  readonly output?: string;
  readonly temperature?: string;
  readonly prompt?: string;
  readonly quiet?: boolean;
}

export function addTranscribeCommand(program: Command): void {
  program
    .command("transcribe", { isDefault: true })
    .description("recordings to text (the default command)")
    .argument("<files...>", 'recordings; "-" is standard input')
    .option("-m, --model <name|path>", "model", "base")
    .option("-l, --language <language>", 'code or English name; "auto" detects it', "auto")
    .option("-t, --task <task>", "transcribe, or translate (to English)", "transcribe")
    .option(
      "-d, --device <device>",
      "auto, cpu, a number or a part of a name (the command devices lists them)",
    )
    .option("--threads <n>", "threads of the CPU backend")
    .option("-f, --format <formats>", "txt, srt, vtt, json; several with commas")
    .option("-o, --output <file|folder|->", "where results go")
    .option("--temperature <t>", "one value: no fallback; a list with commas: the fallback ladder")
    .option("--prompt <text>", "text the recording continues: names, spelling, style")
    .option("-q, --quiet", "no progress, no summary")
    .action(run);
}

async function run(files: readonly string[], flags: Flags): Promise<void> {
  const formats = (flags.format ?? (flags.output ? "txt" : "")).split(",").filter(Boolean);
  for (const format of formats) formatNamed(format);
  const options = transcribeOptions(flags);
  settingsOf(options);
  const destination = await destinationOf(flags.output, files.length * formats.length);
  if (destination.kind !== "stdout")
    checkDistinct(
      files.flatMap((file) => formats.map((format) => outputPath(destination, file, format))),
      files,
    );
  const signal = onInterrupt();
  const bar = new ProgressBar(flags.quiet ?? false);
  const note = (text: string) => {
    bar.clear();
    if (!flags.quiet) console.error(text);
  };
  const whisper = await Whisper.load(flags.model, {
    signal,
    onProgress: pullProgress(bar, flags.model),
    onNote: note,
    ...(flags.device === undefined ? {} : { device: flags.device }),
    ...(flags.threads === undefined ? {} : { threads: Number(flags.threads) }),
  });
  bar.clear();
  try {
    note(`${whisper.device.device} (${whisper.device.details})`);
    for (const use of whisper.memory())
      note(`${(use.sizeBytes / 1e6).toFixed(0)} MB: ${use.what}, in ${use.where}`);
    for (const file of files) {
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
        const seconds = (performance.now() - started) / 1000;
        note(
          `${file}: ${result.duration.toFixed(1)} s of ${result.language} in ${seconds.toFixed(1)} s, real-time factor ${(seconds / result.duration).toFixed(2)}`,
        );
      } catch (error) {
        bar.clear();
        process.exitCode = reportError(error);
        if (signal.aborted) return;
        process.exitCode = exitCodes.failed;
      }
    }
  } finally {
    await whisper.dispose();
  }
}

function transcribeOptions(flags: Flags): TranscribeOptions {
  const temperatures = flags.temperature?.split(",").map(Number);
  return {
    language: flags.language,
    task: flags.task as "transcribe" | "translate",
    ...(flags.prompt === undefined ? {} : { prompt: flags.prompt }),
    ...(temperatures === undefined
      ? {}
      : { temperature: temperatures.length === 1 ? temperatures[0]! : temperatures }),
  };
}

function printSegment({ start, end, text }: Segment): void {
  const time = (seconds: number) => timestamp(seconds, { separator: ".", alwaysHours: false });
  console.log(`[${time(start)} --> ${time(end)}] ${text.trim()}`);
}

async function deliver(destination: Destination, input: string, format: string, result: TranscriptionResult) {
  const content = formatNamed(format)(result);
  if (destination.kind === "stdout") process.stdout.write(content);
  else await writeWhole(outputPath(destination, input, format), content);
}
