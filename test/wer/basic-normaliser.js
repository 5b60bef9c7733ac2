/** Letters that decomposition does not take apart. */
const letters = new Map(
  Object.entries({
    œ: "oe",
    Œ: "OE",
    ø: "o",
    Ø: "O",
    æ: "ae",
    Æ: "AE",
    ß: "ss",
    ẞ: "SS",
    đ: "d",
    Đ: "D",
    ð: "d",
    Ð: "D",
    þ: "th",
    Þ: "th",
    ł: "l",
    Ł: "L",
  }),
);

/**
 * Symbols, punctuation and marks become spaces, accents go; `keep` lists characters that stay.
 * @param {string} text
 * @param {string} [keep]
 */
export function withoutSymbolsAndAccents(text, keep = "") {
  return Array.from(text.normalize("NFKD"), (character) => {
    if (keep.includes(character)) return character;
    const plain = letters.get(character);
    if (plain !== undefined) return plain;
    if (/\p{Mn}/u.test(character)) return "";
    return /[\p{M}\p{S}\p{P}]/u.test(character) ? " " : character;
  }).join("");
}

/**
 * Lower case without the contents of brackets and parentheses, which were not said.
 * @param {string} text
 */
export function withoutBracketed(text) {
  return text
    .toLowerCase()
    .replace(/[<[][^>\]]*[>\]]/g, "")
    .replace(/\(([^)]+?)\)/g, "");
}

/**
 * Whisper's basic normaliser, for any language but English: lower case, no symbols, single spaces.
 * @param {string} text
 * @param {{ removeAccents?: boolean }} [options]
 */
export function normaliseBasic(text, { removeAccents = false } = {}) {
  const spoken = withoutBracketed(text);
  const clean = removeAccents
    ? withoutSymbolsAndAccents(spoken)
    : spoken.normalize("NFKC").replace(/[\p{M}\p{S}\p{P}]/gu, " ");
  return clean.toLowerCase().replace(/\s+/g, " ");
}
