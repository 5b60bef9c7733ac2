import { describe, expect, it } from "vitest";
import type { Segment } from "./result.js";
import type { Attempt } from "./testing/scripted-network.js";
import { a, at, hello, pair, run, special, vocabulary, world } from "./testing/scripted-run.js";

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

  it("has nothing behind it: what begins there is left out, also of the text", async () => {
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

  it("a long gap ends a window's sound, and no time lies in it", async () => {
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

  it("what was said before a gap is history behind it, what was invented for it is not", async () => {
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

  it("a scrap of sound between gaps, or in front of one, is no window of its own", async () => {
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

  it("the language is detected from the first sound, with silence behind it", async () => {
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
