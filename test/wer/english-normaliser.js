import { withoutBracketed, withoutSymbolsAndAccents } from "./basic-normaliser.js";
import { digitsForNumbers } from "./english-numbers.js";

/** @type {Readonly<Record<string, string>>} Whole words, and what they become. */
const wholeWords = {
  "won't": "will not",
  "can't": "can not",
  "let's": "let us",
  "ain't": "aint",
  "y'all": "you all",
  wanna: "want to",
  gotta: "got to",
  gonna: "going to",
  "i'ma": "i am going to",
  imma: "i am going to",
  woulda: "would have",
  coulda: "could have",
  shoulda: "should have",
  "ma'am": "madam",
  mr: "mister ",
  mrs: "missus ",
  st: "saint ",
  dr: "doctor ",
  prof: "professor ",
  capt: "captain ",
  gov: "governor ",
  ald: "alderman ",
  gen: "general ",
  sen: "senator ",
  rep: "representative ",
  pres: "president ",
  rev: "reverend ",
  hon: "honorable ",
  asst: "assistant ",
  assoc: "associate ",
  lt: "lieutenant ",
  col: "colonel ",
  jr: "junior ",
  sr: "senior ",
  esq: "esquire ",
};

/** @type {Readonly<Record<string, string>>} Ends of words. */
const endings = {
  "'d been": " had been",
  "'s been": " has been",
  "'d gone": " had gone",
  "'s gone": " has gone",
  "'d done": " had done",
  "'s got": " has got",
  "n't": " not",
  "'re": " are",
  "'s": " is",
  "'d": " would",
  "'ll": " will",
  "'t": " not",
  "'ve": " have",
  "'m": " am",
};

const before = "(?<![\\p{L}\\p{N}_])";
const after = "(?![\\p{L}\\p{N}_])";
const fillers = new RegExp(`${before}(hmm|mm|mhm|mmm|uh|um)${after}`, "gu");
/** In this order: a later one sees what an earlier one made. */
const replacements = [
  ...Object.entries(wholeWords).map(
    ([word, becomes]) => /** @type {const} */ ([`${before}${word}${after}`, becomes]),
  ),
  ...Object.entries(endings).map(([end, becomes]) => /** @type {const} */ ([`${end}${after}`, becomes])),
].map(([pattern, becomes]) => /** @type {const} */ ([new RegExp(pattern, "gu"), becomes]));

/**
 * Whisper's English normaliser: no fillers, contractions in full, numbers in digits, American spelling, no symbols.
 * @param {string} text
 * @param {Readonly<Record<string, string>>} spelling British words and their American form
 */
export function normaliseEnglish(text, spelling) {
  let words = withoutBracketed(text).replace(fillers, "").replace(/\s+'/g, "'");
  for (const [pattern, becomes] of replacements) words = words.replace(pattern, becomes);
  words = words.replace(/(\d),(\d)/g, "$1$2").replace(/\.([^0-9]|$)/g, " $1");
  words = digitsForNumbers(withoutSymbolsAndAccents(words, ".%$¢€£"));
  words = words
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => (Object.hasOwn(spelling, word) ? spelling[word] : word))
    .join(" ");
  return words
    .replace(/[.$¢€£]([^0-9])/g, " $1")
    .replace(/([^0-9])%/g, "$1 ")
    .replace(/\s+/g, " ");
}
