import { NumberReader } from "./number-reader.js";
import { decimals, multipliers } from "./number-words.js";

/**
 * Numbers in words become digits: "twenty one" 21, "one oh one" 101, "two point five million dollars" $2500000,
 * "thirty second" 32nd; and a few ways of writing them become one.
 * @param {string} text normalised except for its numbers
 */
export function digitsForNumbers(text) {
  const words = splitNumbers(withHalves(text)).split(/\s+/).filter(Boolean);
  return tidied(new NumberReader(words).read().join(" "));
}

/**
 * "two and a half" is "two point five".
 * @param {string} text
 */
function withHalves(text) {
  const parts = text.split(/\band\s+a\s+half\b/);
  return parts
    .flatMap((part, i) => {
      if (part.trim() === "") return [];
      if (i === parts.length - 1) return [part];
      const last = part.trim().split(/\s+/).at(-1) ?? "";
      return [part, decimals.has(last) || multipliers.has(last) ? "point five" : "and a half"];
    })
    .join(" ");
}

/**
 * Letters and digits apart, except for suffixes.
 * @param {string} text
 */
function splitNumbers(text) {
  return text
    .replace(/([a-z])([0-9])/g, "$1 $2")
    .replace(/([0-9])([a-z])/g, "$1 $2")
    .replace(/([0-9])\s+(st|nd|rd|th|s)(?![\p{L}\p{N}_])/gu, "$1$2");
}

/**
 * Cents with their dollars, and "one" in letters.
 * @param {string} text
 */
function tidied(text) {
  return text
    .replace(/([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})(?![\p{L}\p{N}_])/gu, (_, sign, whole, cents) => {
      return `${sign}${whole}.${String(Number(cents)).padStart(2, "0")}`;
    })
    .replace(/[€£$]0.([0-9]{1,2})(?![\p{L}\p{N}_])/gu, (_, cents) => `¢${Number(cents)}`)
    .replace(/(?<![\p{L}\p{N}_])1(s?)(?![\p{L}\p{N}_])/gu, "one$1");
}
