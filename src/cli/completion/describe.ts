import type { Argument, Command, Option } from "commander";
import { type Values, valuesOf } from "../options/index.js";

/** An option, as shells see it. */
export interface DescribedOption {
  /** "-m" and "--model", as far as there are. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** Which values it takes; null where it takes none, text or a number. */
  readonly values: Values | null;
}

/** A command, as shells see it. */
export interface DescribedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly DescribedOption[];
  /** Which arguments it takes; null: none, or text. */
  readonly values: Values | null;
}

/** All commands of a program, the default command first. */
export function describeCommands(program: Command): readonly DescribedCommand[] {
  const help = program.createHelp();
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [
      ...help.visibleOptions(command),
      ...(command === program.commands[0] ? version(program) : []),
    ].map(describeOption),
    values: firstValues(command.registeredArguments),
  }));
}

/** --version belongs to the program and is given without a command. */
const version = (program: Command): Option[] => program.options.filter(({ long }) => long === "--version");

function describeOption(option: Option): DescribedOption {
  const { short, long, description, required } = option;
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    takesValue: required,
    values: valuesOf(option),
  };
}

function firstValues(args: readonly Argument[]): Values | null {
  return args[0] === undefined ? null : valuesOf(args[0]);
}

/** The shell command that prints the numbers of the Vulkan devices, each with its name behind the separator. */
export const listDevices = (separator: string): string =>
  `whisper-vulkan devices 2>/dev/null | sed -nE 's/^([0-9]+) +(.*)$/\\1${separator}\\2/p'`;
