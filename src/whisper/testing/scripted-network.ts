import type { ModelDimensions } from "../../model/dimensions.js";
import type { DecoderRow, Network } from "../../network/network.js";
import type { Vocabulary } from "../vocabulary.js";

/** The tokens that the network emits when a window is decoded once. */
export interface Attempt {
  /** Chosen one after the other, then the end of text. */
  readonly tokens: readonly number[];
  /** Probability of NOSPEECH at SOT. Default 0. */
  readonly noSpeech?: number;
  /** True: twenty other words are nearly as likely as each word, so that its log-probability is about -3. */
  readonly unsure?: boolean;
  /** False: after its tokens it repeats the last one instead of ending. Default true. */
  readonly ends?: boolean;
}

const hopeless = -100;
const rivals = Array.from({ length: 20 }, (_, i) => 30_000 + i);

/**
 * A network that emits given tokens. It checks its arguments as far as the interface defines them, records them, and
 * answers in buffers that it uses again, as a device may.
 */
export class ScriptedNetwork implements Network {
  readonly dimensions: ModelDimensions;
  /** First values of the encoded windows; a mel source of the tests puts the seek there. */
  readonly encoded: number[] = [];
  /** Prompts of the attempts. */
  readonly prompts: number[][] = [];
  nSteps = 0;
  readonly #vocabulary: Vocabulary;
  readonly #attempts: (encoded: number, attempt: number) => Attempt;
  readonly #language: number;
  readonly #rows: readonly [Float32Array, Float32Array];
  #attempt: Attempt | null = null;
  #nAttempts = 0;
  #nextPosition = 0;
  #said = 0;

  /** attempts: what to say for the n-th try of the window encoded last. language: the token to detect. */
  constructor(
    vocabulary: Vocabulary,
    attempts: (encoded: number, attempt: number) => Attempt,
    language = vocabulary.special.startOfTranscript + 1,
  ) {
    this.#vocabulary = vocabulary;
    this.#attempts = attempts;
    this.#language = language;
    const { nVocab } = vocabulary;
    this.#rows = [new Float32Array(nVocab), new Float32Array(nVocab)];
    this.dimensions = {
      nVocab,
      nAudioCtx: 1500,
      nAudioState: 8,
      nAudioHead: 1,
      nAudioLayer: 1,
      nTextCtx: 448,
      nTextState: 8,
      nTextHead: 1,
      nTextLayer: 1,
      nMels: 1,
    };
  }

  async encode(mel: Float32Array, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (mel.length !== 3000) throw new Error(`a window of ${mel.length} values`);
    this.encoded.push(mel[0]!);
    this.#nAttempts = 0;
  }

  async decode([row]: readonly DecoderRow[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    signal?.throwIfAborted();
    const { special, multilingual } = this.#vocabulary;
    const { tokens, position, logitsAt } = row!;
    if (this.encoded.length === 0) throw new Error("decoded before a window was encoded");
    if (position + tokens.length > this.dimensions.nTextCtx) throw new Error("beyond the text context");
    this.nSteps++;
    if (multilingual && tokens.length === 1 && position === 0) return [this.#answer(0, this.#language)];
    if (position > 0) {
      if (position !== this.#nextPosition) throw new Error(`position ${position}, not ${this.#nextPosition}`);
      this.#nextPosition++;
      return [this.#answer(0, this.#next(), this.#attempt!.unsure)];
    }
    this.#attempt = this.#attempts(this.encoded.at(-1)!, this.#nAttempts++);
    this.#said = 0;
    this.#nextPosition = tokens.length;
    this.prompts.push([...tokens]);
    const { noSpeech = 0, unsure } = this.#attempt;
    const answers = logitsAt.map((at, i) => {
      if (at === tokens.length - 1) return this.#answer(i, this.#next(), unsure);
      if (tokens[at] !== special.startOfTranscript) throw new Error(`logits wanted at ${at}`);
      return this.#answer(i, special.transcribe);
    });
    if (noSpeech > 0) {
      // Against everything else at that position together.
      const logits = answers[0]!;
      const others = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      logits[special.noSpeech] = Math.log(noSpeech / (1 - noSpeech)) + Math.log(others);
    }
    return answers;
  }

  #next(): number {
    const { tokens, ends = true } = this.#attempt!;
    const token = tokens[this.#said++];
    return token ?? (ends ? this.#vocabulary.special.endOfText : tokens.at(-1)!);
  }

  #answer(buffer: number, token: number, unsure = false): Float32Array {
    const logits = this.#rows[buffer]!.fill(hopeless);
    logits[token] = 0;
    if (unsure && token < this.#vocabulary.special.endOfText)
      for (const rival of rivals) logits[rival] = -0.1;
    return logits;
  }
}
