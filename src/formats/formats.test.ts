import { describe, expect, it } from "vitest";
import type { Segment, TranscriptionResult } from "../whisper/index.js";
import { formatNamed, formats, timestamp } from "./index.js";

const segment = (id: number, start: number, end: number, text: string): Segment => ({
  id,
  seek: 0,
  start,
  end,
  text,
  tokens: text ? [50364, 260, 50414] : [],
  temperature: 0.2,
  avgLogprob: -0.25,
  compressionRatio: 1.5,
  noSpeechProb: 0.125,
});

const result: TranscriptionResult = {
  task: "translate",
  language: "de",
  text: " Good morning. a --> b\n\nc The end.",
  duration: 3725.5,
  segments: [
    segment(0, 0, 1.28, " Good morning."),
    segment(1, 1.28, 1.28, ""),
    segment(2, 59.999, 61.02, " a --> b\n\nc"),
    segment(3, 3599.9996, 3725.5, " The end."),
  ],
  warnings: [],
};

describe("formats", () => {
  it("txt: a segment a line", () => {
    expect(formats.txt(result)).toBe("Good morning.\na --> b c\nThe end.\n");
  });

  it("srt: numbers, hours, commas", () => {
    expect(formats.srt(result)).toBe(
      "1\n00:00:00,000 --> 00:00:01,280\nGood morning.\n\n" +
        "2\n00:00:59,999 --> 00:01:01,020\na -> b c\n\n" +
        "3\n01:00:00,000 --> 01:02:05,500\nThe end.\n\n",
    );
  });

  it("vtt: a header, points, hours where there are any", () => {
    expect(formats.vtt(result)).toBe(
      "WEBVTT\n\n" +
        "00:00.000 --> 00:01.280\nGood morning.\n\n" +
        "00:59.999 --> 01:01.020\na -> b c\n\n" +
        "01:00:00.000 --> 01:02:05.500\nThe end.\n\n",
    );
  });

  it("json: OpenAI's verbose_json", () => {
    const document = JSON.parse(formats.json(result));
    expect(Object.keys(document)).toEqual(["task", "language", "duration", "text", "segments"]);
    expect(document).toMatchObject({
      task: "translate",
      language: "german",
      duration: 3725.5,
      text: "Good morning. a --> b\n\nc The end.",
    });
    expect(document.segments).toHaveLength(4);
    expect(document.segments[0]).toEqual({
      id: 0,
      seek: 0,
      start: 0,
      end: 1.28,
      text: " Good morning.",
      tokens: [50364, 260, 50414],
      temperature: 0.2,
      avg_logprob: -0.25,
      compression_ratio: 1.5,
      no_speech_prob: 0.125,
    });
  });

  it("of nothing are empty but whole", () => {
    const nothing = { ...result, text: "", segments: [] };
    expect(formats.txt(nothing)).toBe("");
    expect(formats.srt(nothing)).toBe("");
    expect(formats.vtt(nothing)).toBe("WEBVTT\n\n");
    expect(JSON.parse(formats.json(nothing))).toMatchObject({ text: "", segments: [] });
  });

  it("are found by name", () => {
    expect(formatNamed("srt")(result)).toBe(formats.srt(result));
    for (const name of ["docx", "SRT", "", "toString"])
      expect(() => formatNamed(name)).toThrow(
        expect.objectContaining({
          code: "option-invalid",
          hint: expect.stringContaining("txt, srt, vtt, json"),
        }),
      );
  });
});

it.each([
  [0.9995, "00:01.000", "00:00:01,000"],
  [0.0004, "00:00.000", "00:00:00,000"],
  [59.9999, "01:00.000", "00:01:00,000"],
  [86_400.5, "24:00:00.500", "24:00:00,500"],
  [360_000, "100:00:00.000", "100:00:00,000"],
])("a time of %d s", (seconds, short, long) => {
  expect(timestamp(seconds, { separator: ".", alwaysHours: false })).toBe(short);
  expect(timestamp(seconds, { separator: ",", alwaysHours: true })).toBe(long);
});
