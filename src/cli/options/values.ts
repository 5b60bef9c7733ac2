import { type Argument, type Command, Option } from "commander";
import { WhisperVulkanError } from "../../errors.js";
import { shown } from "../../shown.js";

/** The values of an option or argument, for shell completion. None for text or a number. */
export type Values =
  | "file"
  /** A number of the command `devices`. */
  | "device"
  | {
      readonly words: () => readonly string[];
      /** Several, with commas between them. */
      readonly list?: boolean;
      /** Or the path of a file. */
      readonly orFile?: boolean;
    };

const values = new WeakMap<Option | Argument, Values>();

/** What it takes, or null where nothing can be completed. */
export function valuesOf(taker: Option | Argument): Values | null {
  return values.get(taker) ?? null;
}

/** Sets the values that an argument takes. */
export function takes(argument: Argument, what: Values): Argument {
  values.set(argument, what);
  return argument;
}

interface ValueOptions {
  readonly default?: string;
  readonly values?: Values;
}

/** Adds an option with a value that may be given only once: of two values, one would be lost silently. */
export function single(
  command: Command,
  flags: string,
  description: string,
  more: ValueOptions = {},
): Command {
  let given = false;
  return add(command, flags, description, more, (value) => {
    if (given) throw invalid(flags, value, "it was given twice; give it once");
    given = true;
    return value;
  });
}

/** Adds an option with a value that may be given several times; all of them are kept, in their order. */
export function repeated(
  command: Command,
  flags: string,
  description: string,
  more: ValueOptions = {},
): Command {
  return add(command, flags, description, more, (value, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

function add<T>(
  command: Command,
  flags: string,
  description: string,
  more: ValueOptions,
  parse: (value: string, before: T) => T,
): Command {
  const option = new Option(flags, description).argParser(parse);
  option.negate = false; // --no-speech-threshold is not the negation of an option
  if (more.default !== undefined) option.default(more.default);
  if (more.values !== undefined) values.set(option, more.values);
  return command.addOption(option);
}

/** The numbers of "0,0.2,0.4". Error: option-invalid. */
export function numbers(flag: string, text: string): number[] {
  return text.split(",").map((item) => {
    const number = Number(item);
    if (item.trim() === "" || Number.isNaN(number))
      throw invalid(flag, text, "give a number, or several with commas between them");
    return number;
  });
}

/** A number, or null for "off". Error: option-invalid. */
export function numberOrOff(flag: string, text: string): number | null {
  if (text.trim().toLowerCase() === "off") return null;
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) throw invalid(flag, text, 'give a number, or "off"');
  return number;
}

/** A whole number. Error: option-invalid. */
export function wholeNumber(flag: string, text: string): number {
  if (!/^\d+$/.test(text.trim())) throw invalid(flag, text, "give a whole number");
  return Number(text);
}

function invalid(flag: string, value: string, what: string): WhisperVulkanError {
  const name = /--[\w-]+/.exec(flag)?.[0] ?? flag;
  return new WhisperVulkanError("option-invalid", `${name} ${shown(value)}: ${what}`);
}
