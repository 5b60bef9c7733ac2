import type { Network } from "../network/network.js";
import { probability } from "./exponential-sum.js";
import type { Sampler } from "./sampler.js";
import type { Vocabulary } from "./vocabulary.js";
import { zlibSizeBytes } from "./zlib-size/zlib-size.js";

/** One window's tokens and how certain the model was. */
export interface DecodedWindow {
  /** Without the end-of-text token. */
  readonly tokens: readonly number[];
  readonly temperature: number;
  /** Sum of log-probabilities over tokens + 1 (the end counts). */
  readonly avgLogprob: number;
  /** Probability of NOSPEECH right after SOT, before any filter. */
  readonly noSpeechProb: number;
  /** UTF-8 length over zlib-compressed length: above 2.4 the text repeats itself. */
  readonly compressionRatio: number;
}

/**
 * Decodes the window that the network encoded last: the prompt in one run, then token by token to the end of text, or
 * to n_text_ctx / 2 tokens, or until the context is full.
 */
export async function decodeWindow(options: {
  readonly network: Network;
  readonly vocabulary: Vocabulary;
  readonly sampler: Sampler;
  readonly temperature: number;
  /** Tokens of earlier windows; the last n_text_ctx / 2 - 1 are used. */
  readonly history: readonly number[];
  /** SOT, language, task; NOTIMESTAMPS where timestamps are off. */
  readonly start: readonly number[];
  readonly signal: AbortSignal | undefined;
}): Promise<DecodedWindow> {
  const { network, vocabulary, sampler, history, start, signal } = options;
  const { special, tokenizer } = vocabulary;
  const { nTextCtx } = network.dimensions;
  const maxNewTokens = nTextCtx / 2;
  const kept = history.slice(-(nTextCtx / 2 - 1));
  const prompt = kept.length > 0 ? [special.startOfPrevious, ...kept, ...start] : [...start];
  const sotIndex = prompt.length - start.length;

  const logitsAt = sotIndex === prompt.length - 1 ? [sotIndex] : [sotIndex, prompt.length - 1];
  const first = await network.decode([{ tokens: prompt, position: 0, logitsAt }], signal);
  const noSpeechProb = probability(first[0]!, special.noSpeech);
  let logits = first.at(-1)!;
  const tokens: number[] = [];
  let sumLogprob = 0;
  for (;;) {
    const { token, logProbability } = sampler.next(logits, tokens);
    sumLogprob += logProbability;
    if (token === special.endOfText) break;
    tokens.push(token);
    const position = prompt.length + tokens.length - 1;
    if (tokens.length === maxNewTokens || position >= nTextCtx) break;
    signal?.throwIfAborted();
    logits = (await network.decode([{ tokens: [token], position, logitsAt: [0] }], signal))[0]!;
  }
  return {
    tokens,
    temperature: options.temperature,
    avgLogprob: sumLogprob / (tokens.length + 1),
    noSpeechProb,
    compressionRatio: compressionRatio(tokenizer.decode(tokens).trim()),
  };
}

function compressionRatio(text: string): number {
  const bytes = Buffer.from(text, "utf8");
  return bytes.length / zlibSizeBytes(bytes);
}
