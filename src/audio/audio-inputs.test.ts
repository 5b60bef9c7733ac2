import { createReadStream, existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { type AudioFile, openAudio } from "./audio-file.js";
import { collect, correlation } from "./cases.js";
import type { AudioInput } from "./input/index.js";
import { ffmpegSamples, hasFfmpeg } from "./testing/ffmpeg.js";

// Small recordings of kinds that were once decoded wrongly; their README has the right values.
const folder = fileURLToPath(new URL("../../../shared/inputs/", import.meta.url));
const hasInputs = existsSync(folder);

/** Samples at 16 kHz of two frames of MP3 at 22,050 Hz. */
const TWO_FRAMES = 1672;

interface Right {
  readonly nSamples: number;
  /** Samples by which a length may differ: codecs with padding, times in milliseconds. */
  readonly within?: number;
  /** Where the first sound is, in seconds, where the track begins late. */
  readonly startSeconds?: number;
  readonly warning?: RegExp;
  /** ffmpeg's result cannot be compared: it stops early or decodes nothing. */
  readonly isBeyondFfmpeg?: boolean;
}

const RIGHT: Record<string, Right> = {
  "alac.m4a": { nSamples: 48_000 },
  "audio-starts-at-5s-aac.mp4": { nSamples: 128_000, within: 1024, startSeconds: 5 },
  "audio-starts-at-5s.webm": { nSamples: 128_000, within: 320, startSeconds: 5 },
  "chain-first-link-without-eos.opus": { nSamples: 96_216 },
  "flac-ape-tag-behind.flac": { nSamples: 48_000 },
  "flac-joined-by-stream-copy.flac": { nSamples: 96_000 },
  "gap-of-10s.webm": { nSamples: 256_000, within: 400 },
  "id3-before-riff.wav": { nSamples: 48_000 },
  "mp3-44100-then-22050.mp3": { nSamples: 96_759, within: TWO_FRAMES },
  "mp3-mono-then-stereo.mp3": { nSamples: 96_000, within: TWO_FRAMES },
  "no-eos.oga": { nSamples: 48_216 },
  "one-sample.wav": { nSamples: 1 },
  "opposite-phase.wav": {
    nSamples: 40_000,
    warning: /channels cancel each other out; only channel 1 of 2 is used there$/,
    isBeyondFfmpeg: true,
  },
  "speech-3s.wav": { nSamples: 48_000 },
  "surround-speech-in-centre.mka": { nSamples: 152_000, within: 1024 },
  "wav-blockalign-0.wav": { nSamples: 32_000, isBeyondFfmpeg: true },
  "wav-header-says-1s-of-3s.wav": { nSamples: 48_000, isBeyondFfmpeg: true },
  "wav-size-0x7fffffff.wav": { nSamples: 32_000 },
  "wav-size-0x80000000.wav": { nSamples: 32_000 },
};

async function decode(input: AudioInput) {
  const audio: AudioFile = await openAudio(input, { ffmpeg: "no-such-program" });
  try {
    return { samples: await collect(audio), warnings: audio.warnings };
  } finally {
    await audio.dispose();
  }
}

/**
 * The least correlation of any second with sound in it, except for one: that in which two parts meet. They may be apart
 * by up to 10 ms: where a track begins with sound that is not to be played ffmpeg puts silence.
 */
function similarity(ours: Float32Array, theirs: Float32Array): number {
  const found: number[] = [];
  for (let at = 4000; at + 20_000 < ours.length; at += 16_000) {
    const second = ours.subarray(at, at + 16_000);
    if (second.every((x) => Math.abs(x) < 0.02)) continue;
    const shifts = Array.from({ length: 290 }, (_, i) => i - 160);
    found.push(Math.max(...shifts.map((n) => correlation(second, theirs.subarray(at + n)))));
  }
  return found.sort((a, b) => a - b)[Math.min(1, found.length - 1)]!;
}

describe.runIf(hasInputs)("recordings that were once decoded wrongly (skipped without shared/inputs)", () => {
  let printed: MockInstance[];
  beforeEach(() => {
    printed = (["log", "info", "warn", "error"] as const).map((method) => vi.spyOn(console, method));
  });
  afterEach(() => {
    for (const method of printed) {
      expect(method).not.toHaveBeenCalled();
      method.mockRestore();
    }
  });

  describe.each(Object.entries(RIGHT))("%s", (name, right) => {
    const { nSamples, within = 0, startSeconds = 0, warning, isBeyondFfmpeg = false } = right;

    test("has its length and its warnings, without any other program", async () => {
      const { samples, warnings } = await decode(folder + name);
      expect(Math.abs(samples.length - nSamples)).toBeLessThanOrEqual(within);
      expect(warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
      if (startSeconds > 0) {
        const first = samples.findIndex((x) => Math.abs(x) > 0.01);
        expect(first / 16_000 - startSeconds).toBeGreaterThan(0);
        expect(first / 16_000 - startSeconds).toBeLessThan(0.4); // the time until the speaker begins
      }
    });

    test("is the same as a stream", async () => {
      const file = await decode(folder + name);
      const stream = await decode(createReadStream(folder + name, { highWaterMark: 1000 }));
      expect(stream.samples.length).toBe(file.samples.length);
      expect(stream.samples.every((x, i) => x === file.samples[i])).toBe(true);
      expect(stream.warnings.length).toBe(file.warnings.length);
    });

    test.runIf(hasFfmpeg && !isBeyondFfmpeg && nSamples > 1)("is what ffmpeg gives", async () => {
      const { samples } = await decode(folder + name);
      const theirs = ffmpegSamples(folder + name, /webm|mp4/.test(name));
      expect(Math.abs(samples.length - theirs.length)).toBeLessThanOrEqual(1024);
      expect(similarity(samples, theirs)).toBeGreaterThan(0.98);
    });
  });

  test("opposite channels: one of them is used", async () => {
    const { samples } = await decode(`${folder}opposite-phase.wav`);
    expect(Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length)).toBeGreaterThan(0.1);
  });
});
