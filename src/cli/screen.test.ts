import { expect, test } from "vitest";
import type { TranscriptionResult } from "../index.js";
import { summary } from "./screen.js";

const of = (duration: number) => ({ duration, language: "en" }) as TranscriptionResult;

test.each([
  [11, 2.2, "a.mp3: 11.0 s, English, in 2.2 s, real-time factor 0.20"],
  [0.1, 0.04, "a.mp3: 0.1 s, English, in less than 0.1 s, real-time factor 0.40"],
  [0, 0.3, "a.mp3: shorter than 0.1 s, done in 0.3 s"],
  [1 / 16000, 0, "a.mp3: shorter than 0.1 s, done in less than 0.1 s"],
])("the summary of %d s done in %d s: no Infinity and no 0.0 s", (duration, seconds, line) =>
  expect(summary("a.mp3", [], of(duration), seconds)).toBe(line),
);

test("the summary names the files that were written", () => {
  expect(summary("a.mp3", ["out/a.srt"], of(11), 2.2)).toMatch(
    /^a\.mp3 -> out\/a\.srt: 11\.0 s, English, in/,
  );
  expect(summary("a.mp3", ["a.srt", "a.json"], of(0), 1)).toMatch(/^a\.mp3 -> a\.srt, a\.json: shorter/);
});
