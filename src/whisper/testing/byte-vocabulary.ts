import { Vocabulary } from "../vocabulary.js";

/** GPT-2's order of the single bytes: printable ones first, so that a space is token 220. */
const bytesInOrder: readonly number[] = (() => {
  const printable = (byte: number) =>
    (byte > 32 && byte < 127) || (byte > 160 && byte < 173) || (byte > 173 && byte < 256);
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  return [...all.filter(printable), ...all.filter((byte) => !printable(byte))];
})();

/** Merged tokens from id 256 on, in the order of their merges. */
const merges = [" a", "he", "ll", "hell", "hello", " w", "or", " wor", "ld", " world"];

/** Every byte and a handful of merges; the ids in between have no bytes. As many as the real ones. */
export function byteTokens(): Uint8Array[] {
  const tokens = Array.from({ length: 50257 }, () => new Uint8Array());
  bytesInOrder.forEach((byte, id) => {
    tokens[id] = Uint8Array.of(byte);
  });
  merges.forEach((text, i) => {
    tokens[256 + i] = Buffer.from(text);
  });
  return tokens;
}

/** The vocabulary of these tokens; its size as the real one's. */
export function byteVocabulary(nVocab = 51865): Vocabulary {
  return new Vocabulary(nVocab, byteTokens());
}
