import { WhisperVulkanError } from "../errors.js";
import { languageTitle } from "./languages.js";
import { languageToken, specialTokens } from "./special-tokens.js";

export type Task = "transcribe" | "translate";

export function isMultilingual(nVocab: number): boolean {
  return nVocab >= 51865;
}

/**
 * The tokens with which a transcript starts: SOT, and for multilingual models language and task.
 * @throws WhisperVulkanError "language-unknown" or "option-invalid" where a model of so many tokens can't do what is asked
 */
export function startTokens(nVocab: number, language: string, task: Task): number[] {
  const special = specialTokens(nVocab);
  if (!isMultilingual(nVocab)) {
    const hint = "Use a model without .en in its name.";
    if (language !== "en")
      throw new WhisperVulkanError(
        "language-unknown",
        `This model understands English only, not ${languageTitle(language)}.`,
        { hint },
      );
    if (task === "translate")
      throw new WhisperVulkanError(
        "option-invalid",
        "This model understands English only: there is nothing to translate.",
        { hint },
      );
    return [special.startOfTranscript];
  }
  const token = languageToken(special, language);
  if (token === null)
    throw new WhisperVulkanError("language-unknown", `This model does not know ${languageTitle(language)}.`, {
      hint: "Use large-v3 or turbo, which do.",
    });
  return [special.startOfTranscript, token, special[task]];
}
