import type { Network } from "../network/network.js";
import { languages } from "./languages.js";
import type { SpecialTokens } from "./special-tokens.js";

/** How likely each language is, likeliest first. */
export type LanguageProbabilities = readonly (readonly [code: string, probability: number])[];

/**
 * The language spoken in the window that the network encoded last: one decoder step after SOT, softmax over the language
 * tokens. For a multilingual model only.
 */
export async function detectLanguage(
  network: Network,
  special: SpecialTokens,
  signal?: AbortSignal,
): Promise<LanguageProbabilities> {
  const { startOfTranscript, nLanguages } = special;
  const row = { tokens: [startOfTranscript], position: 0, logitsAt: [0] };
  const [logits] = await network.decode([row], signal);
  const scores = logits!.slice(startOfTranscript + 1, startOfTranscript + 1 + nLanguages);
  const max = scores.reduce((a, b) => Math.max(a, b));
  const weights = Array.from(scores, (score) => Math.exp(score - max));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight, i) => [languages[i]![0], weight / sum] as const).sort((a, b) => b[1] - a[1]);
}
