import { describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../errors.js";
import type { TranscribeOptions } from "./options.js";
import { TranscriptionAbortedError } from "./result.js";
import { byteVocabulary } from "./testing/byte-vocabulary.js";
import type { Attempt } from "./testing/scripted-network.js";
import {
  a,
  at,
  german,
  hello,
  newline,
  pair,
  run,
  special,
  vocabulary,
  world,
} from "./testing/scripted-run.js";

describe("segments and seeking", () => {
  it("cuts at pairs and goes on at the last one", async () => {
    const { result, network } = await run(
      {
        0: { tokens: [at(0), hello!, at(500), ...pair(600, 1000, world!), a!] },
        2000: { tokens: [at(0), world!, at(50)] },
      },
      3500,
    );
    expect(network.encoded).toEqual([0, 2000]);
    expect(result.segments.map(({ id, seek, start, end, text }) => [id, seek, start, end, text])).toEqual([
      [0, 0, 0, 10, "hello"],
      [1, 0, 12, 20, " world"],
      [2, 2000, 20, 21, " world"],
    ]);
    expect(result.segments[1]!.tokens).toEqual([at(600), world, at(1000)]);
    expect(result).toMatchObject({
      text: "hello world world",
      language: "en",
      task: "transcribe",
      duration: 35,
    });
  });

  it("goes past the window where it ends in a single timestamp", async () => {
    const { result, network } = await run(
      {
        0: { tokens: [...pair(0, 500, hello!), world!, at(900)] },
        3000: { tokens: [at(0), a!, at(10)] },
      },
      3100,
    );
    expect(network.encoded).toEqual([0, 3000]);
    expect(result.segments.map(({ start, end }) => [start, end])).toEqual([
      [0, 10],
      [10, 18],
      [30, 30.2],
    ]);
  });

  it("without a pair takes the last timestamp as the end, or the window's", async () => {
    const { result } = await run(
      { 0: { tokens: [at(3), hello!, at(700)] }, 3000: { tokens: [at(0), hello!] } },
      3250,
    );
    expect(result.segments.map(({ start, end }) => [start, end])).toEqual([
      [0, 14],
      [30, 32.5],
    ]);
  });

  it("gives whole windows where timestamps are off", async () => {
    const { result, network } = await run({ 0: { tokens: [hello!] }, 3000: { tokens: [world!] } }, 3001, {
      timestamps: false,
    });
    expect(network.prompts[0]!.at(-1)).toBe(special.noTimestamps);
    expect(result.segments.map(({ start, end, tokens }) => [start, end, tokens])).toEqual([
      [0, 30, [hello]],
      [30, 30.01, [world]],
    ]);
  });

  it("empties segments without words, keeps their place, and does not report them", async () => {
    const reported: string[] = [];
    const { result, network } = await run(
      { 0: { tokens: [...pair(0, 500, newline!), world!, at(900)] }, 3000: { tokens: [at(0), a!, at(9)] } },
      3100,
      { onSegment: ({ text }) => reported.push(text) },
    );
    expect(result.segments.map(({ id, text, tokens }) => [id, text, tokens.length])).toEqual([
      [0, "", 0],
      [1, " world", 3],
      [2, " a", 3],
    ]);
    expect(reported).toEqual([" world", " a"]);
    expect(network.prompts).toHaveLength(2);
    expect(network.prompts[1]).toEqual([
      special.startOfPrevious,
      at(500),
      world,
      at(900),
      ...vocabulary.startTokens("en", "transcribe"),
    ]);
  });

  it.each([0, 1, 159])("gives nothing for a recording of %i samples, but its length", async (nSamples) => {
    const { result, network } = await run({}, { nSamples, gaps: [] });
    expect(result).toMatchObject({ text: "", segments: [], duration: nSamples / 16_000 });
    expect(network.encoded).toEqual([]);
  });
});

describe("silence", () => {
  const said = [at(0), hello!, at(100)];
  it("is dropped where the model is unsure as well", async () => {
    const script = { 0: { tokens: said, noSpeech: 0.7, unsure: true } };
    const { result, network } = await run(script, 900, { logprobThreshold: -0.5 });
    expect(result.segments).toEqual([]);
    // Silence is no reason to try again.
    expect(network.prompts).toHaveLength(1);
  });

  it.each<[string, Attempt, TranscribeOptions]>([
    ["the model is sure of the words", { tokens: said, noSpeech: 0.9 }, {}],
    ["no speech is unlikely", { tokens: said, noSpeech: 0.5, unsure: true }, { temperature: 0 }],
    [
      "nobody asks",
      { tokens: said, noSpeech: 0.9, unsure: true },
      { temperature: 0, noSpeechThreshold: null },
    ],
  ])("is not where %s", async (_, attempt, options) => {
    expect((await run({ 0: attempt }, 900, options)).result.text).toBe("hello");
  });

  it("is what no speech alone makes, where the log-probability does not count", async () => {
    const { result } = await run({ 0: { tokens: said, noSpeech: 0.9 } }, 900, { logprobThreshold: null });
    expect(result.segments).toEqual([]);
  });
});

describe("fallback", () => {
  const good: Attempt = { tokens: [at(0), hello!, at(100)] };
  const repetitive: Attempt = { tokens: [at(0), ...Array.from({ length: 50 }, () => world!), at(100)] };
  const unsure: Attempt = {
    tokens: [at(0), ...[a!, hello!, world!, a!, hello!, world!], at(100)],
    unsure: true,
  };

  it("tries the next temperature while a window repeats itself or is unsure", async () => {
    const { result, network } = await run({ 0: [unsure, repetitive, good] }, 900);
    expect(network.prompts).toHaveLength(3);
    expect(network.encoded).toEqual([0]);
    expect(result.segments).toMatchObject([{ text: "hello", temperature: 0.4 }]);
  });

  it("keeps the last try, however it is", async () => {
    const { result } = await run({ 0: [repetitive, repetitive] }, 900, { temperature: [0, 0.2] });
    expect(result.segments[0]).toMatchObject({ temperature: 0.2 });
    expect(result.segments[0]!.compressionRatio).toBeGreaterThan(2.4);
  });

  it("never happens with a single temperature, nor without thresholds", async () => {
    expect((await run({ 0: unsure }, 900, { temperature: 0 })).network.prompts).toHaveLength(1);
    const off = { compressionRatioThreshold: null, logprobThreshold: null };
    expect((await run({ 0: repetitive }, 900, off)).network.prompts).toHaveLength(1);
    expect((await run({ 0: unsure }, 900, off)).network.prompts).toHaveLength(1);
  });

  it("draws the same for the same seed", async () => {
    const drawn = async (seed: number) =>
      (await run({ 0: { ...unsure, ends: true } }, 900, { temperature: 1, seed })).result.segments[0]!.tokens;
    expect(await drawn(5)).toEqual(await drawn(5));
    expect(await drawn(5)).not.toEqual(await drawn(6));
  });
});

describe("history", () => {
  const first: Attempt = { tokens: [at(0), hello!, at(100)] };
  const last: Attempt = { tokens: [at(0), world!, at(100)] };
  const start = vocabulary.startTokens("en", "transcribe");
  const firstTokens = [special.startOfPrevious, ...first.tokens];

  it("holds the tokens of all windows so far, after the prompt", async () => {
    const { result, network } = await run({ 0: first, 3000: last }, 4000, { prompt: " a " });
    expect(network.prompts).toEqual([
      [special.startOfPrevious, a, ...start],
      [special.startOfPrevious, a, ...first.tokens, ...start],
    ]);
    expect(result.text).toBe("hello world");
  });

  it("begins again after each window where it is not wanted, the prompt included", async () => {
    const { network } = await run({ 0: first, 3000: last }, 4000, {
      prompt: "a",
      conditionOnPreviousText: false,
    });
    expect(network.prompts).toEqual([[special.startOfPrevious, a, ...start], start]);
  });

  it("is dropped after a window that needed a temperature above 0.5", async () => {
    const at06 = await run({ 0: first, 3000: last }, 4000, { temperature: 0.6 });
    expect(at06.network.prompts[1]).toEqual(start);
    const at04 = await run({ 0: first, 3000: last }, 4000, { temperature: 0.4 });
    expect(at04.network.prompts[1]).toEqual([...firstTokens, ...start]);
  });

  it("skips silent windows", async () => {
    const silent: Attempt = { tokens: [at(0), a!], noSpeech: 0.9, unsure: true };
    const { network } = await run({ 0: first, 3000: silent, 6000: last }, 7000, { logprobThreshold: -0.1 });
    expect(network.prompts[2]).toEqual([...firstTokens, ...start]);
  });
});

describe("language", () => {
  const script = { 0: { tokens: [at(0), hello!, at(100)] } };
  it("is detected with a short recording padded by silence, as OpenAI does", async () => {
    const { result, network, paddings } = await run(script, 900, { language: "auto", task: "translate" });
    expect(result).toMatchObject({ language: "de", task: "translate" });
    expect(network.prompts).toEqual([[special.startOfTranscript, german, special.translate]]);
    expect(paddings).toEqual(["silence", "zeros"]);
    expect(network.encoded).toEqual([0, 0]);
  });

  it("is detected from the first window where that is full, which is encoded once", async () => {
    const long = { ...script, 3000: { tokens: [at(0), a!, at(9)] } };
    const { result, network, paddings } = await run(long, 3100, { language: "auto" });
    expect(result.language).toBe("de");
    expect(network.encoded).toEqual([0, 3000]);
    expect(paddings).toEqual(["zeros", "zeros"]);
  });

  it("is English for an English-only model, which can't do anything else", async () => {
    const english = byteVocabulary(51864);
    const { firstTimestamp, startOfTranscript } = english.special;
    const said = { 0: { tokens: [firstTimestamp, hello!, firstTimestamp + 100] } };
    const { result, network } = await run(said, 900, { language: "auto" }, english);
    expect(result).toMatchObject({ language: "en", text: "hello" });
    expect(network.prompts).toEqual([[startOfTranscript]]);
    await expect(run(said, 900, { language: "de" }, english)).rejects.toMatchObject({
      code: "language-unknown",
    });
    await expect(run(said, 900, { task: "translate" }, english)).rejects.toMatchObject({
      code: "option-invalid",
    });
  });
});

describe("reports and stopping", () => {
  const script = {
    0: { tokens: [at(0), hello!, at(100)] },
    3000: { tokens: [at(0), world!, at(100)] },
    6000: { tokens: [at(0), a!, at(100)] },
  };

  it("reports each segment and the progress", async () => {
    const log: string[] = [];
    await run(script, 6500, {
      onSegment: ({ id, text }) => log.push(`${id}:${text}`),
      onProgress: ({ processedSeconds, totalSeconds }) => log.push(`${processedSeconds} of ${totalSeconds}`),
    });
    expect(log).toEqual(["0:hello", "30 of 65", "1: world", "60 of 65", "2: a", "65 of 65"]);
  });

  it("stops within a window, with what there is so far", async () => {
    const controller = new AbortController();
    const running = run(
      {
        ...script,
        3000: {
          tokens: [at(0), world!],
          get noSpeech() {
            controller.abort();
            return 0;
          },
        },
      },
      6500,
      { signal: controller.signal },
    );
    const error = await running.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TranscriptionAbortedError);
    expect(error).toMatchObject({ code: "aborted", cause: controller.signal.reason });
    expect((error as TranscriptionAbortedError).partial).toMatchObject({
      text: "hello",
      duration: 65,
      language: "en",
    });
  });

  it("does nothing for a signal that has fired before", async () => {
    const running = run({}, 900, { signal: AbortSignal.abort(new Error("enough")) });
    await expect(running).rejects.toMatchObject({ code: "aborted", partial: { segments: [] } });
  });

  it("throws other errors unchanged, even after the signal fired", async () => {
    const controller = new AbortController();
    const lost = new WhisperVulkanError("device-lost", "The device is gone.");
    const options = {
      signal: controller.signal,
      onSegment: () => {
        controller.abort();
        throw lost;
      },
    };
    await expect(run(script, 900, options)).rejects.toBe(lost);
    const own = new Error("the caller's own");
    await expect(
      run(script, 900, {
        onProgress: () => {
          throw own;
        },
      }),
    ).rejects.toBe(own);
  });

  it("checks options before anything else", async () => {
    await expect(run({}, 900, { temperature: 2 })).rejects.toMatchObject({ code: "option-invalid" });
    await expect(run({}, 900, { language: "klingon" })).rejects.toMatchObject({ code: "language-unknown" });
  });
});
