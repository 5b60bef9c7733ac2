import { WhisperVulkanError } from "../errors.js";
import { nearestNames } from "../nearest-names.js";

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

/** Other names that OpenAI's tools understand. */
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

/**
 * The code of a language given by code or English name, in any case.
 * @throws WhisperVulkanError "language-unknown", naming the nearest
 */
export function languageCode(codeOrName: string): string {
  const wanted = codeOrName.trim().toLowerCase();
  const code = codeByName.get(wanted);
  if (code) return code;
  // A short word is a code gone wrong, a long one a name.
  const known = [...codeByName.keys()].filter((name) => name.length <= 3 === wanted.length <= 3);
  const near = nearestNames(wanted, known).map((name) => {
    const code = codeByName.get(name)!;
    return name === code ? `${code} (${languageName(code)})` : name;
  });
  throw new WhisperVulkanError(
    "language-unknown",
    `There is no language called "${codeOrName}"; the nearest are ${near.join(", ")}.`,
    { hint: 'Give a code such as "en", an English name such as "german", or "auto".' },
  );
}

/** The English name of a language, in lower case: "german" for "de". */
export function languageName(code: string): string {
  return languages.find(([known]) => known === code)?.[1] ?? code;
}
