import { WhisperVulkanError } from "../errors.js";
import { type SpecialTokens, specialTokens } from "./special-tokens.js";
import { isMultilingual, startTokens, type Task } from "./start-tokens.js";
import { Tokenizer } from "./tokenizer.js";

/** Tokens of the English-only models; the others have more. */
const SMALLEST_VOCABULARY = 51864;

function invalid(why: string): WhisperVulkanError {
  return new WhisperVulkanError("model-invalid", `The model cannot be used: ${why}.`, {
    hint: "Give a ggml file of a Whisper model.",
  });
}

/** Everything about a model's tokens: text, special ones, the start of a transcript. */
export class Vocabulary {
  readonly nVocab: number;
  readonly tokenizer: Tokenizer;
  readonly special: SpecialTokens;
  readonly multilingual: boolean;
  /** The token of a single space. */
  readonly blank: number;

  /**
   * nVocab: the decoder's number of logits. textTokens: raw bytes by id; ids from the end of text on are left out.
   * @throws WhisperVulkanError "model-invalid" when these cannot be the tokens of a Whisper
   */
  constructor(nVocab: number, textTokens: readonly Uint8Array[]) {
    if (nVocab < SMALLEST_VOCABULARY)
      throw invalid(`it has ${nVocab} tokens, a Whisper at least ${SMALLEST_VOCABULARY}`);
    this.nVocab = nVocab;
    this.special = specialTokens(nVocab);
    this.multilingual = isMultilingual(nVocab);
    this.tokenizer = new Tokenizer(textTokens.slice(0, this.special.endOfText));
    const [blank] = this.tokenizer.encode(" ");
    if (blank === undefined) throw invalid("its vocabulary has no token for a space");
    this.blank = blank;
  }

  /** See startTokens(). */
  startTokens(language: string, task: Task): number[] {
    return startTokens(this.nVocab, language, task);
  }
}
