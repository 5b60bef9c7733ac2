import { describe, expect, it } from "vitest";
import { decodeWindow } from "./decode-window.js";
import { createSampler } from "./sampler.js";
import { byteVocabulary } from "./testing/byte-vocabulary.js";
import { type Attempt, ScriptedNetwork } from "./testing/scripted-network.js";

const vocabulary = byteVocabulary();
const { special, nVocab, tokenizer } = vocabulary;
const start = vocabulary.startTokens("en", "transcribe");
const at = (step: number) => special.firstTimestamp + step;

async function decode(attempt: Attempt, options: { history?: number[]; english?: boolean } = {}) {
  const words = options.english ? byteVocabulary(51864) : vocabulary;
  const network = new ScriptedNetwork(words, () => attempt);
  await network.encode(new Float32Array(3000));
  const sampler = createSampler({
    special: words.special,
    nVocab: words.nVocab,
    suppressed: [],
    blank: words.blank,
    timestamps: true,
    temperature: 0,
    random: () => 0,
  });
  const window = await decodeWindow({
    network,
    vocabulary: words,
    sampler,
    temperature: 0,
    history: options.history ?? [],
    start: options.english ? words.startTokens("en", "transcribe") : start,
    signal: undefined,
  });
  return { window, network };
}

describe("decodeWindow", () => {
  it("runs to the end of text, which counts in the average", async () => {
    const tokens = [at(0), 260, 265, at(50)];
    const { window, network } = await decode({ tokens, unsure: true });
    expect(window.tokens).toEqual(tokens);
    // Words compete with twenty others; the timestamps and the end with nothing.
    const word = -Math.log(1 + 20 * Math.exp(-0.1));
    expect(window.avgLogprob).toBeCloseTo((2 * word) / 5, 5);
    expect(network.nSteps).toBe(5);
    expect(network.prompts).toEqual([start]);
  });

  it("puts the last 223 tokens of the history first", async () => {
    const history = Array.from({ length: 300 }, (_, i) => i);
    const { network } = await decode({ tokens: [at(0), 260] }, { history });
    expect(network.prompts).toEqual([[special.startOfPrevious, ...history.slice(-223), ...start]]);
    const short = await decode({ tokens: [at(0), 260] }, { history: [7] });
    expect(short.network.prompts).toEqual([[special.startOfPrevious, 7, ...start]]);
  });

  it("stops after 224 tokens", async () => {
    const { window } = await decode({ tokens: [at(0), 260], ends: false });
    expect(window.tokens).toHaveLength(224);
  });

  it("stops where the context is full", async () => {
    const { window, network } = await decode(
      { tokens: [at(0), 260], ends: false },
      { history: Array.from({ length: 223 }, () => 5) },
    );
    // 227 of the prompt leave room for 221 more, and the last position predicts one.
    expect(window.tokens).toHaveLength(448 - 227 + 1);
    expect(network.nSteps).toBe(448 - 227 + 1);
  });

  it("reads the probability of no speech at SOT, before the filters", async () => {
    for (const english of [false, true])
      for (const noSpeech of [0.2, 0.7]) {
        // English only: SOT is also where the first token is predicted.
        const tokens = [english ? at(-1) : at(0)];
        const { window } = await decode({ tokens, noSpeech }, { english });
        expect(window.noSpeechProb).toBeCloseTo(noSpeech, 5);
        expect(window.tokens).toEqual(tokens);
      }
  });

  it("measures how much the text repeats itself", async () => {
    const { window } = await decode({ tokens: [at(0), ...Array.from({ length: 60 }, () => 260), at(9)] });
    expect(tokenizer.decode(window.tokens)).toBe("hello".repeat(60));
    expect(window.compressionRatio).toBeCloseTo(300 / 17, 5);
    expect((await decode({ tokens: [] })).window.compressionRatio).toBe(0);
  });
});

it("the vocabulary of these tests has the size of the real one", () => {
  expect(nVocab).toBe(51865);
});
