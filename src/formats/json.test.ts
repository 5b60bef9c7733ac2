import { expect, it } from "vitest";
import { json } from "./json.js";
import { nasty, nothing, result } from "./testing/results.js";

it("json: OpenAI's verbose_json", () => {
  const document = JSON.parse(json.write(result));
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
  expect(JSON.parse(json.write(nothing))).toMatchObject({ text: "", segments: [] });
});

it("json of several recordings: JSON Lines, each with the name of its recording first", () => {
  const line = json.writeInto(nasty, 'a "b"\n.mp3');
  expect(line.split(/[\n\r\v\f\u0085\u2028\u2029]/)).toHaveLength(2);
  const document = JSON.parse(line);
  expect(Object.keys(document)[0]).toBe("file");
  expect(document).toEqual({ file: 'a "b"\n.mp3', ...JSON.parse(json.write(nasty)) });
});
