import type { SpecialTokens } from "./special-tokens.js";
import type { Tokenizer } from "./tokenizer.js";

/** Forbidden where they are one token, alone or after a space. */
const symbols = [
  ...'"#()*+/:;<=>@[\\]^_`{|}~「」『』',
  ..."<< >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪".split(" "),
];
/** Written as one token or several. Forbidding the first of several does no harm (all from U+2640 to U+267F share it). */
const musicSymbols = [..."♩♪♫♬♭♮♯"];

/**
 * Tokens never sampled, ascending: the chosen ids, where -1 stands for those of speaker tags and annotations, which are
 * not speech; and always the special tokens that steer the decoder.
 */
export function suppressedTokens(
  tokenizer: Tokenizer,
  special: SpecialTokens,
  chosen: readonly number[],
): readonly number[] {
  const result = new Set(chosen.flatMap((token) => (token === -1 ? nonSpeechTokens(tokenizer) : [token])));
  result.add(special.transcribe).add(special.translate).add(special.startOfTranscript);
  result.add(special.startOfPrevious).add(special.startOfLanguageModel).add(special.noSpeech);
  return [...result].sort((a, b) => a - b);
}

function nonSpeechTokens(tokenizer: Tokenizer): number[] {
  // Hyphens and quotes are fine within words, not at the start of one.
  const tokens = [tokenizer.encode(" -")[0]!, tokenizer.encode(" '")[0]!];
  for (const symbol of [...symbols, ...musicSymbols]) {
    for (const encoded of [tokenizer.encode(symbol), tokenizer.encode(` ${symbol}`)])
      if (encoded.length === 1 || musicSymbols.includes(symbol)) tokens.push(encoded[0]!);
  }
  return tokens;
}
