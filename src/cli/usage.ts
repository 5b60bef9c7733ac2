import type { Command, OutputConfiguration } from "commander";
import { WhisperVulkanError } from "../errors.js";

/** Commander's own complaints, in one line like all others. */
export const usageOutput: OutputConfiguration = {
  outputError: (text, write) => {
    const line = text
      .replace(/^error: /, "")
      .replace(/\s*\(Did you mean (.*)\?\)/, " (did you mean $1?)")
      .trim()
      .replace(/\.$/, "");
    write(`whisper-vulkan: ${line}. whisper-vulkan --help lists commands and options.\n`);
  },
};

/** Adds an option with a value that may be given once: of two, one would silently be lost. */
export function single(command: Command, flags: string, description: string, defaultValue?: string): Command {
  let given = false;
  const parse = (value: string) => {
    if (given) throw invalid(flags, value, "it was given before; give it once");
    given = true;
    return value;
  };
  return defaultValue === undefined
    ? command.option(flags, description, parse)
    : command.option(flags, description, parse, defaultValue);
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

/** A whole number. Error: option-invalid. */
export function wholeNumber(flag: string, text: string): number {
  if (!/^\d+$/.test(text.trim())) throw invalid(flag, text, "give a whole number");
  return Number(text);
}

function invalid(flag: string, value: string, what: string): WhisperVulkanError {
  const name = /--[\w-]+/.exec(flag)?.[0] ?? flag;
  return new WhisperVulkanError("option-invalid", `${name} ${JSON.stringify(value)}: ${what}`);
}
