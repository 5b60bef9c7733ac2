import { expect, it } from "vitest";
import { detectLanguage } from "./detect-language.js";
import { languages } from "./languages.js";
import { byteVocabulary } from "./testing/byte-vocabulary.js";
import { ScriptedNetwork } from "./testing/scripted-network.js";

it.each([51865, 51866])(
  "ranks the languages of a vocabulary of %i by softmax over their tokens alone",
  async (nVocab) => {
    const vocabulary = byteVocabulary(nVocab);
    const { special } = vocabulary;
    const network = new ScriptedNetwork(vocabulary, () => ({ tokens: [] }));
    await network.encode(new Float32Array(3000));
    const firstLanguage = special.startOfTranscript + 1;
    const decode = network.decode.bind(network);
    network.decode = async (rows) => {
      const [logits] = await decode(rows);
      logits!.fill(0, firstLanguage, firstLanguage + special.nLanguages);
      logits![firstLanguage + 4] = 3;
      logits![firstLanguage + special.nLanguages - 1] = 2;
      logits![special.transcribe] = 9;
      return [logits!];
    };
    const found = await detectLanguage(network, special);
    expect(found).toHaveLength(special.nLanguages);
    const sum = Math.exp(3) + Math.exp(2) + special.nLanguages - 2;
    expect(found[0]).toEqual(["ru", expect.closeTo(Math.exp(3) / sum, 8)]);
    expect(found[1]).toEqual([languages[special.nLanguages - 1]![0], expect.closeTo(Math.exp(2) / sum, 8)]);
  },
);
