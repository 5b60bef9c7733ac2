import {
  decimals,
  followingSigns,
  multipliers,
  multipliersSuffixed,
  numberWords,
  ones,
  onesSuffixed,
  precedingSigns,
  tens,
  tensSuffixed,
  zeros,
} from "./number-words.js";

/** @typedef {bigint | string} Value A whole number while it can grow by arithmetic; digits once it grows by appending. */

const numeric = /^\d+(\.\d+)?$/;
const signs = "-+£€$¢";

/** Goes through words and gathers runs of number words into numbers. */
export class NumberReader {
  /** @param {readonly string[]} words */
  constructor(words) {
    this.words = words;
    /** @type {string[]} */
    this.out = [];
    /** @type {string | null} */
    this.sign = null;
    /** @type {Value | null} */
    this.value = null;
  }

  read() {
    for (let i = 0; i < this.words.length; i++)
      if (this.take(this.words[i] ?? "", this.words[i - 1], this.words[i + 1])) i++;
    this.flush();
    return this.out;
  }

  /** @param {Value} item */
  put(item) {
    this.out.push(`${this.sign ?? ""}${item}`);
    this.sign = null;
    this.value = null;
  }

  flush() {
    if (this.value !== null) this.put(this.value);
  }

  /** @param {string} word */
  putWord(word) {
    this.flush();
    this.put(word);
  }

  /**
   * Takes a word; true: the next one is used up as well.
   * @param {string} word
   * @param {string | undefined} previous
   * @param {string | undefined} next
   */
  take(word, previous, next) {
    const hasSign = signs.includes(word.charAt(0));
    const plain = hasSign ? word.slice(1) : word;
    if (numeric.test(plain)) this.takeDigits(word, plain, hasSign);
    else if (!numberWords.has(word)) this.putWord(word);
    else if (zeros.has(word)) this.value = `${this.value || ""}0`;
    else if (ones.has(word))
      this.value = appendOnes(this.value, /** @type {bigint} */ (ones.get(word)), previous);
    else if (tens.has(word)) this.value = appendTens(this.value, /** @type {bigint} */ (tens.get(word)));
    else if (multipliers.has(word)) this.takeMultiplier(/** @type {bigint} */ (multipliers.get(word)), "");
    else if (onesSuffixed.has(word)) {
      const [number, suffix] = /** @type {[bigint, string]} */ (onesSuffixed.get(word));
      this.put(`${appendOnes(this.value, number, previous)}${suffix}`);
    } else if (tensSuffixed.has(word)) {
      const [number, suffix] = /** @type {[bigint, string]} */ (tensSuffixed.get(word));
      this.put(`${appendTens(this.value, number)}${suffix}`);
    } else if (multipliersSuffixed.has(word)) {
      const [number, suffix] = /** @type {[bigint, string]} */ (multipliersSuffixed.get(word));
      this.takeMultiplier(number, suffix);
    } else return this.takeOther(word, previous, next);
    return false;
  }

  /**
   * @param {string} word
   * @param {string} plain without its sign
   * @param {boolean} hasSign
   */
  takeDigits(word, plain, hasSign) {
    if (typeof this.value === "string" && this.value.endsWith(".")) {
      this.value += word;
      return;
    }
    this.flush();
    if (hasSign) this.sign = word.charAt(0);
    this.value = product(plain, 1n) ?? plain;
  }

  /**
   * "hundred", "thousands", "millionth".
   * @param {bigint} multiplier
   * @param {string} suffix
   */
  takeMultiplier(multiplier, suffix) {
    let value = this.value;
    if (value === null) value = multiplier;
    else if (typeof value === "bigint") value = value - (value % 1000n) + (value % 1000n) * multiplier;
    else {
      const whole = product(value, multiplier);
      if (whole === null) this.put(value);
      value = whole ?? multiplier;
    }
    if (suffix) this.put(`${value}${suffix}`);
    else this.value = value;
  }

  /**
   * Signs, percent, "and", "double", "point".
   * @param {string} word
   * @param {string | undefined} previous
   * @param {string | undefined} next
   */
  takeOther(word, previous, next) {
    const numberFollows = next !== undefined && (numberWords.has(next) || numeric.test(next));
    const preceding = precedingSigns.get(word);
    const following = followingSigns.get(word);
    if (preceding !== undefined) {
      this.flush();
      if (numberFollows) this.sign = preceding;
      else this.put(word);
    } else if (following !== undefined) {
      if (this.value !== null) this.sign = following;
      if (this.value !== null) this.flush();
      else this.put(word);
    } else if (word === "percent" || word === "per") {
      const whole = word === "percent" || next === "cent";
      if (this.value === null || !whole) this.putWord(word);
      else {
        this.put(`${this.value}%`);
        return word === "per";
      }
    } else if (!numberFollows) this.putWord(word);
    else if (word === "and") {
      if (previous === undefined || !multipliers.has(previous)) this.putWord(word);
    } else if (word === "point") {
      if (decimals.has(next) || numeric.test(next)) this.value = `${this.value || ""}.`;
    } else if (ones.has(next) || zeros.has(next)) {
      this.value = `${this.value || ""}${String(ones.get(next) ?? 0n).repeat(word === "double" ? 2 : 3)}`;
      return true;
    } else this.putWord(word);
    return false;
  }
}

/**
 * @param {Value | null} value
 * @param {bigint} number 1 to 19
 * @param {string | undefined} previous
 * @returns {Value}
 */
function appendOnes(value, number, previous) {
  if (value === null) return number;
  if (typeof value === "string" && previous !== undefined && tens.has(previous) && number < 10n)
    return value.slice(0, -1) + number; // "nineteen twenty" and "one"
  if (typeof value === "string" || (previous !== undefined && ones.has(previous))) return `${value}${number}`;
  return value % (number < 10n ? 10n : 100n) === 0n ? value + number : `${value}${number}`;
}

/**
 * @param {Value | null} value
 * @param {bigint} number 20 to 90
 * @returns {Value}
 */
function appendTens(value, number) {
  if (value === null) return number;
  return typeof value === "bigint" && value % 100n === 0n ? value + number : `${value}${number}`;
}

/**
 * A decimal number times a factor, or null where that is not whole or the text no number.
 * @param {string} text
 * @param {bigint} factor
 */
function product(text, factor) {
  const match = /^(?=\d|\.\d)(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match) return null;
  const [, whole = "", fraction = ""] = match;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(`${whole}${fraction}`) * factor;
  return scaled % scale === 0n ? scaled / scale : null;
}
