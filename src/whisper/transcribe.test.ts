import { describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../errors.js";
import type { TranscribeOptions } from "./options.js";
import { type Segment, TranscriptionAbortedError } from "./result.js";
import { byteVocabulary } from "./testing/byte-vocabulary.js";
import { type Attempt, ScriptedNetwork } from "./testing/scripted-network.js";
import type { Timeline } from "./timeline.js";
import { transcribe } from "./transcribe.js";
import { recogniseWindow } from "./window.js";

const vocabulary = byteVocabulary();
const { special } = vocabulary;
const at = (step: number) => special.firstTimestamp + step;
const [hello, world, a] = [260, 265, 256];
const [newline] = vocabulary.tokenizer.encode("\n");
const german = special.startOfTranscript + 3;

/** Runs a script: what to say, by the seek of the window and the number of the try. recording: frames, or with gaps. */
async function run(
  script: Readonly<Record<number, Attempt | readonly Attempt[]>>,
  recording: number | Timeline,
  options: TranscribeOptions = {},
  words = vocabulary,
) {
  const timeline = typeof recording === "number" ? { nSamples: recording * 160, gaps: [] } : recording;
  const network = new ScriptedNetwork(
    words,
    (seek, attempt) => {
      const entry = script[seek];
      if (entry === undefined) throw new Error(`no script for a window at ${seek}`);
      return Array.isArray(entry) ? entry[attempt] : (entry as Attempt);
    },
    german,
  );
  const paddings: string[] = [];
  const heard: [seek: number, nFrames: number][] = [];
  const result = transcribe(
    { vocabulary: words, recognise: (job, signal) => recogniseWindow(network, words, job, signal) },
    {
      ...timeline,
      window: async (seek, padding, nFrames) => {
        paddings.push(padding);
        heard.push([seek, nFrames]);
        return new Float32Array(3000).fill(seek, 0, 1);
      },
    },
    { language: "en", ...options },
  );
  return { result: await result, network, paddings, heard };
}

/** A window's words with one closed pair, then the start of what follows. */
const pair = (from: number, to: number, ...words: number[]) => [at(from), ...words, at(to), at(to)];

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

describe("the end of the recording", () => {
  const times = (segments: readonly Segment[]) => segments.map(({ start, end, text }) => [start, end, text]);
  const threeSeconds = { nSamples: 48_001, gaps: [] };

  it.each<[string, number[], unknown[]]>([
    ["a single end", [at(0), hello!, at(285)], [[0, 48_001 / 16_000, "hello"]]],
    ["a closed pair", pair(0, 285, hello!), [[0, 48_001 / 16_000, "hello"]]],
    ["no end", [at(0), hello!], [[0, 3, "hello"]]],
    [
      "the last of several",
      [at(0), hello!, at(100), at(100), world!, at(200)],
      [
        [0, 2, "hello"],
        [2, 48_001 / 16_000, " world"],
      ],
    ],
  ])("bounds %s", async (_, tokens, expected) => {
    const { result } = await run({ 0: { tokens } }, threeSeconds);
    expect(result.duration).toBe(48_001 / 16_000);
    expect(times(result.segments)).toEqual(expected);
  });

  it("has nothing after it: what begins there is left out, also of the text", async () => {
    const reported: string[] = [];
    const tokens = [at(0), hello!, at(140), at(150), world!, at(200), ...pair(200, 210, a!)];
    const { result } = await run(
      { 0: { tokens } },
      { nSamples: 48_000, gaps: [] },
      {
        onSegment: ({ text }) => reported.push(text),
      },
    );
    expect(times(result.segments)).toEqual([[0, 2.8, "hello"]]);
    expect(result.text).toBe("hello");
    expect(reported).toEqual(["hello"]);
    expect(result.segments.map(({ id }) => id)).toEqual([0]);
    // One sample more, and the word begins within.
    const longer = await run({ 0: { tokens } }, threeSeconds);
    expect(times(longer.result.segments)).toEqual([
      [0, 2.8, "hello"],
      [3, 48_001 / 16_000, " world"],
    ]);
  });

  it("bounds the last of several windows", async () => {
    const script = {
      0: { tokens: pair(0, 1450, hello!) },
      2900: { tokens: [at(0), world!, at(60), at(90), a!, at(140)] },
    };
    const { result } = await run(script, { nSamples: 490_000, gaps: [] });
    expect(times(result.segments)).toEqual([
      [0, 29, "hello"],
      [29, 30.2, " world"],
    ]);
    expect(result.text).toBe("hello world");
  });
});

describe("gaps in the recording", () => {
  const second = 16_000;
  const said = (word: number, end = 100): Attempt => ({ tokens: [at(0), word, at(end)] });
  const gap = (start: number, end: number) => ({ start: start * second, end: end * second });

  it("a late start: the first window begins where the sound begins", async () => {
    const progress: number[] = [];
    const { result, heard } = await run(
      { 500: said(hello!) },
      { nSamples: 8 * second, gaps: [gap(0, 5)] },
      { onProgress: ({ processedSeconds }) => progress.push(processedSeconds) },
    );
    expect(heard).toEqual([[500, 300]]);
    expect(result).toMatchObject({ duration: 8, segments: [{ seek: 500, start: 5, end: 7, text: "hello" }] });
    expect(progress).toEqual([8]);
  });

  it("a late start within a frame: that frame is heard", async () => {
    const gaps = [{ start: 0, end: 80_100 }];
    expect((await run({ 500: said(hello!) }, { nSamples: 8 * second, gaps })).heard).toEqual([[500, 300]]);
  });

  it("a long gap ends a window's sound, and no time is in it", async () => {
    const { result, heard } = await run(
      {
        // invents words in the gap, and goes on beyond it
        0: { tokens: [at(0), hello!, at(100), at(100), world!, at(140), ...pair(200, 1300, a!)] },
        1300: said(world!),
      },
      { nSamples: 16 * second, gaps: [gap(2.5, 13)] },
    );
    expect(heard).toEqual([
      [0, 250],
      [1300, 300],
    ]);
    expect(result.segments.map(({ start, end, text }) => [start, end, text])).toEqual([
      [0, 2, "hello"],
      [2, 2.5, " world"],
      [13, 15, " world"],
    ]);
    expect(result.text).toBe("hello world world");
  });

  it("what was said before a gap is history after it, what was invented for it is not", async () => {
    const { network } = await run(
      { 0: { tokens: [at(0), hello!, at(120), ...pair(130, 200, a!)] }, 1300: said(world!) },
      { nSamples: 16 * second, gaps: [gap(2.5, 13)] },
    );
    expect(network.prompts[1]).toEqual([
      special.startOfPrevious,
      ...[at(0), hello, at(120)],
      ...vocabulary.startTokens("en", "transcribe"),
    ]);
  });

  it("a short gap stays within its window, but no window begins in it", async () => {
    const { heard } = await run(
      { 0: { tokens: [...pair(0, 130, hello!), a!] }, 400: said(world!) },
      { nSamples: 16 * second, gaps: [gap(2.5, 4)] },
    );
    expect(heard).toEqual([
      [0, 1600],
      [400, 1200],
    ]);
  });

  it("a scrap of sound between gaps, or before one, is no window of its own", async () => {
    const gaps = [gap(0, 5), gap(5.05, 10), gap(12, 20)];
    const { heard } = await run(
      { 1000: { tokens: [...pair(0, 97, hello!), a!] }, 2000: said(world!) },
      { nSamples: 21 * second, gaps },
    );
    expect(heard).toEqual([
      [1000, 200],
      [2000, 100],
    ]);
  });

  it("a gap at the end is part of the duration and nothing else; of gaps alone nothing is heard", async () => {
    const { result, heard } = await run(
      { 0: said(hello!, 300) },
      { nSamples: 60 * second, gaps: [gap(3, 60)] },
    );
    expect(heard).toEqual([[0, 300]]);
    expect(result).toMatchObject({ duration: 60, segments: [{ start: 0, end: 3 }] });
    const empty = await run({}, { nSamples: 60 * second, gaps: [gap(0, 60)] });
    expect(empty.result).toMatchObject({ duration: 60, text: "", segments: [] });
    expect(empty.heard).toEqual([]);
  });

  it("ten hours between two sentences are two windows", async () => {
    const hours = 10 * 3600;
    const progress: number[] = [];
    const { result, heard } = await run(
      { 0: said(hello!), [300 + hours * 100]: said(world!) },
      { nSamples: (6 + hours) * second, gaps: [gap(3, 3 + hours)] },
      { onProgress: ({ processedSeconds }) => progress.push(processedSeconds) },
    );
    expect(heard).toHaveLength(2);
    expect(result.segments.map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [3 + hours, 5 + hours],
    ]);
    expect(progress).toEqual([3 + hours, 6 + hours]);
  });

  it("the language is detected from the first sound, with silence after it", async () => {
    const { result, paddings, heard } = await run(
      { 500: said(hello!), 2000: said(world!) },
      { nSamples: 21 * second, gaps: [gap(0, 5), gap(8, 20)] },
      { language: "auto" },
    );
    expect(result.language).toBe("de");
    expect(paddings).toEqual(["silence", "zeros", "zeros"]);
    expect(heard).toEqual([
      [500, 300],
      [500, 300],
      [2000, 100],
    ]);
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
