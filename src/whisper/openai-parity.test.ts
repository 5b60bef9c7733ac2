import { describe, expect, it } from "vitest";
import { suppressedTokens } from "./suppressed-tokens.js";
import { openAiResults, pulledVocabulary } from "./testing/openai-results.js";
import { ScriptedNetwork } from "./testing/scripted-network.js";
import { allowedTokens } from "./timestamp-rules.js";
import { transcribe } from "./transcribe.js";
import { recogniseWindow } from "./window.js";

const vocabulary = await pulledVocabulary("base");
const results = openAiResults();

/** A clip's tokens, window by window, as they must have been emitted, by the window's first frame. */
function windowsOf(result: NonNullable<typeof results>[number], firstTimestamp: number) {
  const nFrames = Math.floor(result.samples / 160);
  const windows = new Map<number, { tokens: number[]; noSpeech: number; compressionRatio: number }>();
  for (const segment of result.greedy.segments) {
    const { no_speech_prob: noSpeech, compression_ratio: compressionRatio } = segment;
    const window = windows.get(segment.seek) ?? { tokens: [], noSpeech, compressionRatio };
    window.tokens.push(...segment.tokens);
    windows.set(segment.seek, window);
  }
  const seeks = [...windows.keys(), nFrames];
  const cut = new Set<number>();
  for (const [i, seek] of seeks.slice(0, -1).entries()) {
    const window = windows.get(seek)!;
    const last = window.tokens.at(-1)!;
    // Where the next window starts at the last end, a start followed it; what came after that was thrown away.
    if (last >= firstTimestamp && seeks[i + 1]! === seek + (last - firstTimestamp) * 2) {
      window.tokens.push(last);
      cut.add(seek);
    }
  }
  return { windows, cut };
}

describe.skipIf(!vocabulary || !results)("OpenAI's results for 359 clips", () => {
  it("come out again, segment by segment, from a network that emits their tokens", async () => {
    const { special } = vocabulary!;
    let nCompressionRatios = 0;
    for (const result of results!) {
      const { windows, cut } = windowsOf(result, special.firstTimestamp);
      const network = new ScriptedNetwork(vocabulary!, (seek) => {
        const window = windows.get(seek);
        return window ?? { tokens: [30_000], noSpeech: 0.9, unsure: true };
      });
      const { text, segments } = await transcribe(
        {
          vocabulary: vocabulary!,
          recognise: (job, signal) => recogniseWindow(network, vocabulary!, job, signal),
        },
        {
          nSamples: result.samples,
          gaps: [],
          window: async (seek) => new Float32Array(3000).fill(seek, 0, 1),
        },
        { language: result.lang, temperature: 0 },
      );
      const expected = result.greedy.segments;
      const filled = segments.filter((segment) => segment.tokens.length > 0);
      expect(
        filled.map(({ seek, start, end, tokens }) => ({ seek, start, end, tokens })),
        result.id,
      ).toEqual(
        expected.map(({ seek, start, end, tokens }) => ({
          seek,
          start: expect.closeTo(start, 6),
          // OpenAI lets words end after the end of the recording.
          end: expect.closeTo(Math.min(end, result.samples / 16_000), 6),
          tokens,
        })),
      );
      expect(text).toBe(result.greedy.text);
      for (const [i, segment] of filled.entries()) {
        expect(segment.noSpeechProb).toBeCloseTo(expected[i]!.no_speech_prob, 4);
        if (cut.has(segment.seek)) continue;
        expect(segment.compressionRatio, result.id).toBeCloseTo(expected[i]!.compression_ratio, 4);
        nCompressionRatios++;
      }
    }
    expect(nCompressionRatios).toBeGreaterThan(359);
  });

  it("hold no token that the filters forbid", () => {
    const { special, tokenizer, nVocab } = vocabulary!;
    const suppressed = new Set(suppressedTokens(tokenizer, special, [-1]));
    let nTokens = 0;
    for (const result of results!) {
      for (const { tokens } of windowsOf(result, special.firstTimestamp).windows.values()) {
        for (const [i, token] of tokens.entries()) {
          nTokens++;
          const { textFrom, timestampFrom, timestampTo } = allowedTokens(tokens.slice(0, i), special, nVocab);
          if (token >= special.firstTimestamp) {
            expect(token).toBeGreaterThanOrEqual(timestampFrom);
            expect(token).toBeLessThan(timestampTo);
          } else {
            expect(token).toBeGreaterThanOrEqual(textFrom);
            expect(suppressed).not.toContain(token);
          }
        }
      }
    }
    expect(nTokens).toBeGreaterThan(10_000);
  });

  it("are texts that survive encoding, and tokens that decode to their text", () => {
    const { tokenizer } = vocabulary!;
    for (const { id, greedy } of results!) {
      const text = tokenizer.decode(greedy.segments.flatMap(({ tokens }) => tokens));
      expect(text, id).toBe(greedy.text);
      if (!text.includes("\u{fffd}")) expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });
});
