import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { openAudio } from "../src/audio/index.js";
import { type TranscriptionResult, Whisper } from "../src/index.js";

const enabled = process.env.WHISPER_VULKAN_TEST_MODELS === "1";
if (!enabled) console.log("skipped: needs the real-model tier");
const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const inputs = at("../shared/inputs/");

/** A recording that comes with the project, as samples. */
async function samplesOf(path: string): Promise<Float32Array> {
  const audio = await openAudio(at(path));
  const samples: number[] = [];
  for await (const piece of audio) if (piece instanceof Float32Array) samples.push(...piece);
  await audio.dispose();
  return Float32Array.from(samples);
}

/** No time is before the previous one, and none is after the end. */
function expectTimesWithin({ segments, duration, text }: TranscriptionResult): void {
  let before = 0;
  for (const { start, end } of segments) {
    expect(start).toBeGreaterThanOrEqual(before);
    expect(end).toBeGreaterThanOrEqual(start);
    before = start;
  }
  expect(Math.max(...segments.map(({ end }) => end))).toBeLessThanOrEqual(duration);
  expect(text).toBe(segments.map((segment) => segment.text).join(""));
}

describe.skipIf(!enabled)("times on the CPU", async () => {
  const whisper = enabled ? await Whisper.load("base", { device: "cpu" }) : null;
  afterAll(() => whisper?.dispose());
  const hear = (input: string | Float32Array) =>
    whisper!.transcribe(input, { language: "en", temperature: 0 });

  it.each(["samples/river.wav", "samples/coast-train.flac"])("%s, cut in mid-sentence", async (path) => {
    const samples = await samplesOf(path);
    for (const seconds of [0.5, 0.7, 1.3, 2.1, 3, 3.7, 5.2]) {
      const result = await hear(samples.subarray(0, seconds * 16_000));
      expect(result.duration).toBe((seconds * 16_000) / 16_000);
      expect(result.text, `${seconds} s`).not.toBe("");
      expectTimesWithin(result);
    }
  });

  describe.skipIf(!existsSync(inputs))("of recordings that other programs get wrong", () => {
    it("speech-3s.wav: nothing after 3 s", async () => {
      const result = await hear(`${inputs}speech-3s.wav`);
      expect(result.duration).toBe(3);
      expect(result.text).toContain("The river was calm in the morning");
      expectTimesWithin(result);
    });

    it("one-sample.wav: no text, a sixteenth of a millisecond", async () => {
      expect(await hear(`${inputs}one-sample.wav`)).toMatchObject({
        ...{ text: "", segments: [], duration: 1 / 16_000 },
      });
    });

    it.each(["audio-starts-at-5s.webm", "audio-starts-at-5s-aac.mp4"])("%s: speech at 5 s", async (name) => {
      const result = await hear(inputs + name);
      expect(result.duration).toBeCloseTo(8, 1);
      expect(result.segments[0]!.start).toBeGreaterThan(4.9);
      expect(result.segments[0]!.start).toBeLessThan(5.5);
      expect(result.text).toContain("The river was calm in the morning");
      expectTimesWithin(result);
    });

    it("gap-of-10s.webm: words after the gap have times after it", async () => {
      const result = await hear(`${inputs}gap-of-10s.webm`);
      expect(result.duration).toBeCloseTo(16, 1);
      expect(result.warnings).toEqual([]);
      expect(result.segments[0]!.start).toBeLessThan(0.5);
      const behind = result.segments.filter(({ end }) => end > 5);
      expect(behind.length).toBeGreaterThan(0);
      expect(Math.min(...behind.map(({ start }) => start))).toBeGreaterThan(12.9);
      expectTimesWithin(result);
    });
  });
});
