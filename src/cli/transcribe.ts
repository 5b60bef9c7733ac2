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
    .description("recordings to text: the command that is meant where none is named")
    .argument("<recordings...>", 'files, folders, patterns such as "**/*.mp3", URLs; "-" is standard input');
  takes(command.registeredArguments[0]!, "file");

  command.optionsGroup("What is heard:");
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
  single(command, "--prompt <text>", "text the recording continues: names, spelling, style");

  command.optionsGroup("What is written:");
  single(command, "-f, --format <formats>", `${formatNames}; several with commas`, {
    values: formatValues,
  });
  single(command, "-o, --output <file|folder|->", outputHelp, { values: "file" });
  command
    .option("--name-language", "names files after the language too: talk.en.srt")
    .option("--overwrite", "replaces results that exist (default: asks; refuses where nobody can be asked)")
    .option("--skip-existing", "leaves results that exist, and does only the others")
    .option("--no-timestamps", "words without times")
    .option("-q, --quiet", "no progress and no notes: nothing but errors and warnings");

  command.optionsGroup("Where it runs:");
  single(command, "-d, --device <device>", deviceHelp, { values: "device" });
  single(command, "--threads <n>", "threads of the CPU backend (default: all cores, at most 8)");
  single(command, "--vram-limit <size>", "takes no more of the GPU's own memory than this, e.g. 2GiB");
  single(command, "--simulate <card>", "has the GPU's memory behave like another card's (see memory)", {
    values: cardValues,
  });
  single(command, "--memory-report <file>", reportHelp, { values: "file" });

  command.optionsGroup("How it is recognised:");
  single(command, "--temperature <t>", temperatureHelp);
  single(command, "--no-speech-threshold <p>", noSpeechHelp);
  single(command, "--logprob-threshold <x>", logprobHelp);
  single(command, "--compression-ratio-threshold <x>", compressionHelp);
  command.option("--no-condition-on-previous-text", "each window is heard without the text before it");
  single(command, "--suppress-tokens <ids>", suppressHelp);
  single(command, "--seed <n>", "start of the random numbers used above temperature 0 (default: 0)");

  command.optionsGroup("").action((recordings: string[], flags: TranscribeFlags) => {
    const commands = [...program.commands.map((known) => known.name()), "help"];
    return run(recordings, flags, commands);
  });
}

const outputHelp =
  'a file, whose ending says the format; a folder (ends with /); "-" for standard output (default: with --format beside the recordings)';
const deviceHelp =
  "auto, cpu, a number or a part of a name (see devices) (default: WHISPER_VULKAN_DEVICE, else auto)";
const reportHelp = "writes what happened with the GPU's memory, for replay; no sound, no text";
const temperatureHelp =
  "one value: no fallback; a list: the next is tried where a text looks wrong (default: 0,0.2,0.4,0.6,0.8,1)";
const noSpeechHelp =
  'silence is a window with a higher probability of it than this, and a lower logprob than the next; or "off" (default: 0.6)';
const logprobHelp = 'a text with a lower average logprob than this looks wrong; or "off" (default: -1)';
const compressionHelp =
  'a text that zlib makes smaller by more than this repeats itself and looks wrong; or "off" (default: 2.4)';
const suppressHelp =
  'token ids that are never recognised, with commas; -1: all that is not speech; or "none" (default: -1)';
