import type { Command } from "commander";
import { editDistance, nearestNames } from "../../nearest-names.js";
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
    .replace(/\.$/, "");
  // the options of transcribe are in the help of the whole program
  const isMain = command.parent === null || command.name() === "transcribe";
  const help = `whisper-vulkan ${isMain ? "" : `${command.name()} `}--help lists its options`;
  const { format } = command.opts();
  if (line.startsWith("missing required argument") && /[./\\]/.test(format ?? ""))
    return `-f ${format}: -f is --format here. Give the recording without an option: whisper-vulkan ${format}`;
  const unknown = /^unknown option '(.*)'$/s.exec(line)?.[1];
  if (unknown === undefined) return `${line}. ${help}.`;
  if (isMain) {
    const meaning = meaningOf(unknown);
    if (meaning !== null) return `${meaning}. ${help}.`;
  }
  return `${line} (${suggestion(unknown, command)}). ${help}.`;
}

function suggestion(flag: string, command: Command): string {
  const name = flag.replace(/=.*$/s, "").replaceAll("_", "-").toLowerCase();
  const known = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (long ? [long] : []));
  const near = nearestNames(name, known);
  const closest = near.filter((option) => editDistance(name, option) <= 2);
  return closest.length > 0 ? `did you mean ${closest[0]}?` : `the nearest are ${near.join(", ")}`;
}
