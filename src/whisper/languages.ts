import { WhisperVulkanError } from "../errors.js";
import { didYouMean, nearestNames } from "../nearest-names.js";
import { shown } from "../shown.js";

/** Whisper's languages as [code, English name], in the order of their tokens. The last one came with large-v3. */
export const languages: readonly (readonly [code: string, name: string])[] = [
  ["en", "english"],
  ["zh", "chinese"],
  ["de", "german"],
  ["es", "spanish"],
  ["ru", "russian"],
  ["ko", "korean"],
  ["fr", "french"],
  ["ja", "japanese"],
  ["pt", "portuguese"],
  ["tr", "turkish"],
  ["pl", "polish"],
  ["ca", "catalan"],
  ["nl", "dutch"],
  ["ar", "arabic"],
  ["sv", "swedish"],
  ["it", "italian"],
  ["id", "indonesian"],
  ["hi", "hindi"],
  ["fi", "finnish"],
  ["vi", "vietnamese"],
  ["he", "hebrew"],
  ["uk", "ukrainian"],
  ["el", "greek"],
  ["ms", "malay"],
  ["cs", "czech"],
  ["ro", "romanian"],
  ["da", "danish"],
  ["hu", "hungarian"],
  ["ta", "tamil"],
  ["no", "norwegian"],
  ["th", "thai"],
  ["ur", "urdu"],
  ["hr", "croatian"],
  ["bg", "bulgarian"],
  ["lt", "lithuanian"],
  ["la", "latin"],
  ["mi", "maori"],
  ["ml", "malayalam"],
  ["cy", "welsh"],
  ["sk", "slovak"],
  ["te", "telugu"],
  ["fa", "persian"],
  ["lv", "latvian"],
  ["bn", "bengali"],
  ["sr", "serbian"],
  ["az", "azerbaijani"],
  ["sl", "slovenian"],
  ["kn", "kannada"],
  ["et", "estonian"],
  ["mk", "macedonian"],
  ["br", "breton"],
  ["eu", "basque"],
  ["is", "icelandic"],
  ["hy", "armenian"],
  ["ne", "nepali"],
  ["mn", "mongolian"],
  ["bs", "bosnian"],
  ["kk", "kazakh"],
  ["sq", "albanian"],
  ["sw", "swahili"],
  ["gl", "galician"],
  ["mr", "marathi"],
  ["pa", "punjabi"],
  ["si", "sinhala"],
  ["km", "khmer"],
  ["sn", "shona"],
  ["yo", "yoruba"],
  ["so", "somali"],
  ["af", "afrikaans"],
  ["oc", "occitan"],
  ["ka", "georgian"],
  ["be", "belarusian"],
  ["tg", "tajik"],
  ["sd", "sindhi"],
  ["gu", "gujarati"],
  ["am", "amharic"],
  ["yi", "yiddish"],
  ["lo", "lao"],
  ["uz", "uzbek"],
  ["fo", "faroese"],
  ["ht", "haitian creole"],
  ["ps", "pashto"],
  ["tk", "turkmen"],
  ["nn", "nynorsk"],
  ["mt", "maltese"],
  ["sa", "sanskrit"],
  ["lb", "luxembourgish"],
  ["my", "myanmar"],
  ["bo", "tibetan"],
  ["tl", "tagalog"],
  ["mg", "malagasy"],
  ["as", "assamese"],
  ["tt", "tatar"],
  ["haw", "hawaiian"],
  ["ln", "lingala"],
  ["ha", "hausa"],
  ["ba", "bashkir"],
  ["jw", "javanese"],
  ["su", "sundanese"],
  ["yue", "cantonese"],
];

/** Other names that OpenAI's tools accept. */
const aliases: readonly (readonly [name: string, code: string])[] = [
  ["burmese", "my"],
  ["valencian", "ca"],
  ["flemish", "nl"],
  ["haitian", "ht"],
  ["letzeburgesch", "lb"],
  ["pushto", "ps"],
  ["panjabi", "pa"],
  ["moldavian", "ro"],
  ["moldovan", "ro"],
  ["sinhalese", "si"],
  ["castilian", "es"],
  ["mandarin", "zh"],
];

const codeByName = new Map([
  ...languages.flatMap(([code, name]) => [[code, code] as const, [name, code] as const]),
  ...aliases,
]);

const codes = new Set(languages.map(([code]) => code));

/** Codes in use elsewhere, where Whisper has another: Bokmål, Filipino, and ISO's own of Javanese. */
const otherCodes = new Map([
  ["nb", "no"],
  ["fil", "tl"],
  ["jv", "jw"],
]);

/**
 * The code of a language given by code or English name, upper or lower case. Region and script are ignored ("pt-BR", "zh_TW",
 * "zh-Hant-HK"), and any code of a language is accepted ("deu", "iw").
 * @throws WhisperVulkanError "language-unknown", naming the nearest
 */
export function languageCode(codeOrName: string): string {
  const wanted = codeOrName.trim().toLowerCase();
  const code = codeByName.get(wanted) ?? codeOfTag(wanted);
  if (code) return code;
  // A short word is a mistyped code, a long one a mistyped name.
  const first = wanted.split(/[-_]/, 1)[0]!;
  const word = first.length <= 3 ? first : wanted;
  const known = [...codeByName.keys()].filter((name) => name.length <= 3 === word.length <= 3);
  const near = nearestNames(word, known).map((name) => {
    const code = codeByName.get(name)!;
    return name === code ? `${code} (${languageTitle(code)})` : capitalised(name);
  });
  const guess = didYouMean(near);
  throw new WhisperVulkanError(
    "language-unknown",
    `There is no language called ${shown(codeOrName)}.${guess && ` ${guess}`}`,
    { hint: 'Give a code such as "en", an English name such as "German", or "auto".' },
  );
}

/** The language of a tag such as "en-us" (BCP 47) or "en_us.utf-8" (POSIX), lower-case; undefined where it is none. */
function codeOfTag(tag: string): string | undefined {
  const whole = tag.replace(/[.@].*$/, "").replaceAll("_", "-");
  const known = (code: string) => (codes.has(code) ? code : otherCodes.get(code));
  try {
    // Retired and three-letter codes become the current code. Not for Whisper's own codes: "tl" would become "fil".
    const [canonical] = Intl.getCanonicalLocales(whole);
    return known(whole.split("-")[0]!) ?? known(canonical!.split("-")[0]!);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // not a tag at all
    throw error;
  }
}

/** A language that Whisper knows. */
export interface Language {
  /** The code that the option `language` takes and results contain: "de". */
  readonly code: string;
  /** In English, lower-case: "german". The option takes this as well. */
  readonly name: string;
}

/** The English name of a language, in lower case: "german" for "de". */
export function languageName(code: string): string {
  return languages.find(([known]) => known === code)?.[1] ?? code;
}

/** The English name of a language, as in a sentence: "German" for "de". */
export function languageTitle(code: string): string {
  return capitalised(languageName(code));
}

const capitalised = (name: string) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
