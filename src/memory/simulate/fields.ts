import { type ErrorCode, WhisperVulkanError } from "../../errors.js";
import { didYouMean, nearestNames } from "../../nearest-names.js";

export type JsonObject = Readonly<Record<string, unknown>>;

/** The largest size a driver can report that a number holds exactly: 2^64 - 1 itself would be rounded up to 2^64. */
export const largestSize = 2 ** 64 - 2048;

/** What is being read, for error messages. */
export interface FieldsOf {
  readonly code: ErrorCode;
  /** "a card". */
  readonly what: string;
}

/** Reads values from JSON that someone else wrote. Errors name the path of the wrong field. */
export class Fields {
  readonly #source: string;
  readonly #of: FieldsOf;

  /** source: what the JSON came from, for messages. */
  constructor(source: string, of: FieldsOf = { code: "card-invalid", what: "a card" }) {
    this.#source = source;
    this.#of = of;
  }

  /** Error: card-invalid, or the given code. */
  invalid(what: string, hint?: string): never {
    throw new WhisperVulkanError(
      this.#of.code,
      `${this.#source}: ${what}`,
      hint === undefined ? {} : { hint },
    );
  }

  object(value: unknown, path: string): JsonObject {
    if (!isObject(value)) return this.#mustBe(path, "an object", value);
    return value;
  }

  /** With `known`, other fields are refused, since a misspelt field would silently be ignored. */
  objectOf(value: unknown, path: string, known: readonly string[]): JsonObject {
    const object = this.object(value, path);
    for (const key of Object.keys(object))
      if (!known.includes(key))
        this.invalid(
          `${path === "" ? shown(key) : `${path}.${key}`} is not a field of ${this.#of.what}`,
          didYouMean(nearestNames(key, known)) || `Its fields are ${known.join(", ")}.`,
        );
    return object;
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (!Array.isArray(value)) return this.#mustBe(path, "a list", value);
    return value;
  }

  text(value: unknown, path: string): string {
    if (typeof value !== "string") return this.#mustBe(path, "text", value);
    return value;
  }

  flag(value: unknown, path: string): boolean {
    if (value === 0 || value === 1) return value === 1;
    if (typeof value !== "boolean") return this.#mustBe(path, "true or false", value);
    return value;
  }

  names(value: unknown, path: string): readonly string[] {
    return this.list(value, path).map((name, i) => this.text(name, `${path}[${i}]`));
  }

  /** A VkDeviceSize, as a number or as decimal or hexadecimal text (which JSON needs for more than 2^53). */
  bytes(value: unknown, path: string): number {
    const number = wholeNumberOf(value);
    if (number === null || number > 2 ** 64) return this.#mustBe(path, "a whole number of bytes", value);
    return Math.min(number, largestSize);
  }

  /** A measured value: at least 0, and finite. */
  number(value: unknown, path: string): number {
    if (typeof value !== "number" || !(value >= 0 && Number.isFinite(value)))
      return this.#mustBe(path, "a number, not below 0", value);
    return value;
  }

  /** A uint32_t. */
  count(value: unknown, path: string, what = "a whole number below 2^32"): number {
    const number = wholeNumberOf(value);
    if (number === null || number >= 2 ** 32) return this.#mustBe(path, what, value);
    return number;
  }

  /** A uint32_t of flags, which some reports give as a negative number. */
  flags(value: unknown, path: string): number {
    const isSigned = typeof value === "number" && Number.isInteger(value) && value < 0 && value >= -(2 ** 31);
    return isSigned ? value >>> 0 : this.count(value, path, "flags, such as 7 or 0x7");
  }

  oneOf<T extends string>(value: unknown, path: string, known: readonly T[]): T {
    const found = known.find((one) => one === value);
    return found ?? this.#mustBe(path, `one of ${known.join(", ")}`, value);
  }

  #mustBe(path: string, what: string, value: unknown): never {
    const field = path === "" ? this.#of.what : path;
    if (value === undefined) return this.invalid(`${field} is missing (${what})`);
    return this.invalid(`${field} must be ${what}, not ${shown(value)}`);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wholeNumberOf(value: unknown): number | null {
  const isText = typeof value === "string" && /^(0x[0-9a-f]+|\d+)$/i.test(value.trim());
  const number = isText ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 0 ? number : null;
}

/** A value in one short line. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  // JSON.parse makes Infinity of 1e400, JSON.stringify would make null of that
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
