/**
 * Contractions, words with their leading space, numbers, other symbols, spaces: GPT-2's way to cut text. White_Space
 * is what \s means there; JavaScript's own \s takes U+FEFF in and leaves U+0085 out.
 */
const pieces =
  /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Text to tokens and back. A token's id is also its merge rank (byte pair encoding, lowest rank first). */
export class Tokenizer {
  readonly #vocabulary: readonly Uint8Array[];
  readonly #rank: ReadonlyMap<string, number>;

  /** vocabulary: raw bytes of the text tokens, by id. */
  constructor(vocabulary: readonly Uint8Array[]) {
    this.#vocabulary = vocabulary;
    const rank = new Map<string, number>();
    vocabulary.forEach((bytes, id) => {
      const key = latin1(bytes);
      if (bytes.length > 0 && !rank.has(key)) rank.set(key, id);
    });
    this.#rank = rank;
  }

  /**
   * The text of the tokens, whose bytes are joined first, since a character may span several. Ids beyond the text
   * tokens are left out; bytes that are no UTF-8 become U+FFFD.
   */
  decode(tokens: readonly number[]): string {
    const parts: Uint8Array[] = [];
    for (const token of tokens) {
      const bytes = this.#vocabulary[token];
      if (bytes) parts.push(bytes);
    }
    return Buffer.concat(parts).toString("utf8");
  }

  /** Tokens of a text. Names of special tokens ("<|en|>") are text like any other. */
  encode(text: string): number[] {
    return (text.match(pieces) ?? []).flatMap((piece) =>
      this.#encodePiece(latin1(Buffer.from(piece, "utf8"))),
    );
  }

  #encodePiece(bytes: string): number[] {
    const parts = [...bytes];
    for (;;) {
      let best = -1;
      let bestRank = Number.POSITIVE_INFINITY;
      for (let i = 0; i + 1 < parts.length; i++) {
        const rank = this.#rank.get(parts[i]! + parts[i + 1]!) ?? Number.POSITIVE_INFINITY;
        if (rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) break;
      parts.splice(best, 2, parts[best]! + parts[best + 1]!);
    }
    return parts.map((part) => this.#rank.get(part)!);
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
