import { languages } from "./languages.js";

/** Ids of the tokens that are not text; they follow the text tokens in the vocabulary. */
export interface SpecialTokens {
  readonly endOfText: number;
  readonly startOfTranscript: number;
  readonly translate: number;
  readonly transcribe: number;
  readonly startOfLanguageModel: number;
  readonly startOfPrevious: number;
  readonly noSpeech: number;
  readonly noTimestamps: number;
  /** <|0.00|>; each further one is 0.02 s more, up to 30 s. */
  readonly firstTimestamp: number;
  readonly nLanguages: number;
}

/** Ids by vocabulary size: 51864 English only, 51865 with 99 languages, 51866 (large-v3, turbo) with 100. */
export function specialTokens(nVocab: number): SpecialTokens {
  const multilingual = nVocab >= 51865;
  const endOfText = multilingual ? 50257 : 50256;
  const nLanguages = multilingual ? nVocab - 51765 - 1 : 99;
  const translate = endOfText + 2 + nLanguages;
  return {
    endOfText,
    startOfTranscript: endOfText + 1,
    translate,
    transcribe: translate + 1,
    startOfLanguageModel: translate + 2,
    startOfPrevious: translate + 3,
    noSpeech: translate + 4,
    noTimestamps: translate + 5,
    firstTimestamp: translate + 6,
    nLanguages,
  };
}

/** The token of a language, or null where this vocabulary lacks it. */
export function languageToken(special: SpecialTokens, code: string): number | null {
  const index = languages.findIndex(([known]) => known === code);
  return index >= 0 && index < special.nLanguages ? special.startOfTranscript + 1 + index : null;
}
