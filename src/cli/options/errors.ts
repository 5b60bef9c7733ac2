import type { Command } from "commander";
import { didYouMean, nearestNames } from "../../nearest-names.js";
import { say } from "../report.js";
import { meaningOf } from "./habits.js";

/** Commander's own errors about a command, on one line like all others, with suggestions. */
export function explainErrors(command: Command): void {
  command
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: (text) => say(explained(command, text)) });
}

function explained(command: Command, text: string): string {
  const line = text
    .replace(/^error: /, "")
    .trim()
    .replace(/\.$/, "")
    .replace(/^[a-z]/, (letter) => letter.toUpperCase());
  // the options of transcribe are in the help of the whole program
  const isMain = command.parent === null || command.name() === "transcribe";
  const help = `whisper-vulkan ${isMain ? "" : `${command.name()} `}--help lists its options`;
  const { format } = command.opts();
  if (line.startsWith("Missing required argument") && /[./\\]/.test(format ?? ""))
    return `-f ${format}: -f is --format here. Give the recording without an option: whisper-vulkan ${format}`;
  const unknown = /^Unknown option '(.*)'$/s.exec(line)?.[1];
  if (unknown === undefined) return `${line}. ${help}.`;
  if (isMain) {
    const meaning = meaningOf(unknown);
    if (meaning !== null) return `${meaning}. ${help}.`;
  }
  const guess = suggestion(unknown, command);
  return `${line}${guess && ` (${guess})`}. ${help}.`;
}

function suggestion(flag: string, command: Command): string {
  const name = flag.replace(/=.*$/s, "").replace(/^-+/, "").replaceAll("_", "-");
  const known = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (long ? [long.slice(2)] : []));
  const near = nearestNames(name, known).map((option) => `--${option}`);
  return didYouMean(near).replace(/^D/, "d");
}
