import type { Command } from "commander";
import { formatList } from "../formats/index.js";

const formats = formatList.map(({ name, about }) => `  ${name.padEnd(4)} ${about}`).join("\n");

const examples = `Formats:
${formats}

Examples:
  whisper-vulkan talk.mp3                              shows the text on the screen as it is recognised
  whisper-vulkan video.mp4 -o video.srt                subtitles for a video
  whisper-vulkan transcribe *.mp3 -f srt,json -o out/  files, named after the recordings
  whisper-vulkan recordings/ -f txt -o out/            a folder, with the folders in it
  whisper-vulkan talk.mp3 --format json --output -     JSON on standard output and nothing else
whisper-vulkan help COMMAND describes the other commands.

Results go to standard output, everything else to standard error.
Exit codes:
  0    done
  1    a recording, a model, or a place to write failed; every other recording is done
  2    wrong usage: nothing was done
  130  stopped with Ctrl-C; no half-written result is left behind`;

/** The program's help shows the options of its default command. */
export function showOptionsOf(main: Command, program: Command): void {
  const help = program.createHelp();
  program
    .configureHelp({
      visibleOptions: (command) => [
        ...(command === program ? help.visibleOptions(main).filter(({ long }) => long !== "--help") : []),
        ...help.visibleOptions(command),
      ],
      // groups in the order in which they are shown
      groupItems: (_all, visible, groupOf) => help.groupItems(visible, visible, groupOf),
      visibleArguments: (command) => help.visibleArguments(command === program ? main : command),
      commandUsage: (command) =>
        command === program
          ? `${program.name()} [options] <recordings...>\n       ${program.name()} <command> [options]`
          : help.commandUsage(command),
    })
    .addHelpText("after", `\n${examples}`);
}
