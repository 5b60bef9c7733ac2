import type { Command } from "commander";
import { formatNames } from "../formats/index.js";
import {
  cardValues,
  formatValues,
  languageValues,
  modelValues,
  single,
  type TranscribeFlags,
  takes,
  taskValues,
} from "./options/index.js";
import { run } from "./run.js";

export function addTranscribeCommand(program: Command): void {
  const command = program
    .command("transcribe", { isDefault: true })
    .description("turns recordings into text; the default command")
    .argument("<recordings...>", 'files, folders, patterns such as "**/*.mp3", URLs; "-" is standard input');
  takes(command.registeredArguments[0]!, "file");

  command.optionsGroup("Input:");
  single(command, "-m, --model <name|path>", "a model's name (see models), or a ggml file", {
    default: "base",
    values: modelValues,
  });
  single(command, "-l, --language <language>", 'code or English name; "auto" detects it', {
    default: "auto",
    values: languageValues,
  });
  single(command, "-t, --task <task>", "transcribe, or translate (to English)", {
    default: "transcribe",
    values: taskValues,
  });
  single(command, "--prompt <text>", "text that comes before the recording: sets names, spelling and style");

  command.optionsGroup("Output:");
  single(command, "-f, --format <formats>", `${formatNames}; separate several with commas`, {
    values: formatValues,
  });
  single(command, "-o, --output <file|folder|->", outputHelp, { values: "file" });
  command
    .option("--name-language", "adds the language to the names of files: talk.en.srt")
    .option(
      "--overwrite",
      "replaces results that exist (default: asks in a terminal; elsewhere they are an error)",
    )
    .option("--skip-existing", "keeps results that exist, and transcribes only the other recordings")
    .option("--no-timestamps", "writes the text without times")
    .option("-q, --quiet", "shows only errors and warnings, no progress and no notes");

  command.optionsGroup("Device:");
  single(command, "-d, --device <device>", deviceHelp, { values: "device" });
  single(command, "--threads <n>", "threads of the CPU backend (default: all cores, at most 8)");
  single(command, "--vram-limit <size>", "uses at most this much of the GPU's own memory, e.g. 2GiB");
  single(command, "--simulate <card>", "makes the GPU's memory behave like this card's (see memory)", {
    values: cardValues,
  });
  single(command, "--memory-report <file>", reportHelp, { values: "file" });

  command.optionsGroup("Recognition:");
  single(command, "--temperature <t>", temperatureHelp);
  single(command, "--no-speech-threshold <p>", noSpeechHelp);
  single(command, "--logprob-threshold <x>", logprobHelp);
  single(command, "--compression-ratio-threshold <x>", compressionHelp);
  command.option("--no-condition-on-previous-text", "recognises each window without the text before it");
  single(command, "--suppress-tokens <ids>", suppressHelp);
  single(command, "--seed <n>", "seed of the random numbers used above temperature 0 (default: 0)");

  command.optionsGroup("").action((recordings: string[], flags: TranscribeFlags) => {
    const commands = [...program.commands.map((known) => known.name()), "help"];
    return run(recordings, flags, commands);
  });
}

const outputHelp =
  'a file, whose ending gives the format; a folder, ending in /; or "-" for standard output (default: with --format, beside the recordings)';
const deviceHelp =
  "auto, cpu, or a device's number or part of its name; see devices (default: WHISPER_VULKAN_DEVICE, else auto)";
const reportHelp =
  "writes a record of the GPU's memory for the command replay; it contains no sound and no text";
const temperatureHelp =
  "one value, or a list: a text that looks wrong is tried again with the next value (default: 0,0.2,0.4,0.6,0.8,1)";
const noSpeechHelp =
  "a window (30 s) counts as silence when its probability of no speech is above this and its average logprob is below --logprob-threshold; or off (default: 0.6)";
const logprobHelp = "a text whose average logprob is below this is tried again; or off (default: -1)";
const compressionHelp =
  "a text that zlib shrinks more than this many times repeats itself and is tried again; or off (default: 2.4)";
const suppressHelp =
  "ids of tokens that are never written, separated by commas; -1: all tokens that are not speech; or none (default: -1)";
