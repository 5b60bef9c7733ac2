import { WhisperVulkanError } from "./errors.js";
import { didYouMean, nearestNames } from "./nearest-names.js";
import { shown } from "./shown.js";

/** What an option may hold. */
export interface OptionType {
  readonly holds: (value: unknown) => boolean;
  /** A sentence that says what to give. */
  readonly hint: string;
}

/** The type of each option of an options object. */
export type OptionTypes<T> = Readonly<Record<keyof Required<T>, OptionType>>;

export const text: OptionType = { holds: (value) => typeof value === "string", hint: "Give a string." };
export const flag: OptionType = {
  holds: (value) => typeof value === "boolean",
  hint: "Give true or false.",
};
export const callback: OptionType = {
  holds: (value) => typeof value === "function",
  hint: "Give a function.",
};
/** Checked by its methods: a signal may come from another realm, which has another AbortSignal. */
export const abortSignal: OptionType = {
  holds: (value) => {
    const signal = value as Partial<AbortSignal> | null;
    return typeof signal?.aborted === "boolean" && typeof signal.addEventListener === "function";
  },
  hint: "Give the signal of an AbortController.",
};
/** Bytes, milliseconds and similar: a number of at least 0. */
export const amount = (what: string): OptionType => ({
  holds: (value) => typeof value === "number" && value >= 0,
  hint: `Give a number of ${what}, 0 or more.`,
});
export const wholeNumber = (from: number, to: number): OptionType => ({
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to,
  hint:
    to === Number.MAX_SAFE_INTEGER
      ? `Give a whole number, ${from} or more.`
      : `Give a whole number from ${from} to ${to}.`,
});
/** A device: its number, a part of its name, "auto" or "cpu". */
export const deviceName: OptionType = {
  holds: (value) =>
    (typeof value === "string" && value !== "") || (Number.isSafeInteger(value) && (value as number) >= 0),
  hint: `Give "auto", "cpu", or a device's number or part of its name. devices() lists them.`,
};
export const oneOf = (...values: readonly string[]): OptionType => ({
  holds: (value) => values.includes(value as string),
  hint: `Give ${values.map((value) => `"${value}"`).join(" or ")}.`,
});

/**
 * Checks the names and types of options given from plain JavaScript, where nothing else would notice a slip such
 * as "langauge". An option that is undefined counts as not given.
 *
 * @throws WhisperVulkanError "option-invalid", with the option's name and what was given
 */
export function checkOptions<T extends object>(options: T, types: OptionTypes<T>): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new WhisperVulkanError("option-invalid", `The options cannot be ${shown(options)}.`, {
      hint: "Give an object, or leave them out.",
    });
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(types, name)) {
      const known = Object.keys(types);
      const near = nearestNames(name, known).map((option) => `"${option}"`);
      throw new WhisperVulkanError("option-invalid", `There is no option ${shown(name)}.`, {
        hint: didYouMean(near) || `The options are ${known.join(", ")}.`,
      });
    }
    checkOption(name, value, types[name as keyof T]);
  }
}

/** @throws WhisperVulkanError "option-invalid" */
export function checkOption(name: string, value: unknown, { holds, hint }: OptionType): void {
  if (holds(value)) return;
  throw new WhisperVulkanError("option-invalid", `The option ${name} cannot be ${shown(value)}.`, { hint });
}
