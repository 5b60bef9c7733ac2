import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { WhisperVulkanError } from "../errors.js";
import { openAudio } from "./audio-file.js";
import { collect, correlation, noise } from "./cases.js";
import { mp3FrameHeader } from "./codec/mp3-frame.js";
import type { AudioInput } from "./input/index.js";
import { ffmpegSamples, hasFfmpeg, makeWithFfmpeg } from "./testing/ffmpeg.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const FLAC = readFileSync(`${root}samples/coast-train.flac`);
const OPUS = readFileSync(`${root}samples/morning-garden.opus`);
const containers = `${root}../shared/speech/containers/`;
const hasContainers = existsSync(containers);

const folder = mkdtempSync(join(tmpdir(), "decode-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const make = (name: string, ...options: string[]) => makeWithFfmpeg(join(folder, name), ...options);

// Decoders print damage on the console unless that is suppressed.
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

async function decode(input: AudioInput, ffmpeg = "ffmpeg") {
  const audio = await openAudio(input, { ffmpeg });
  try {
    return {
      samples: await collect(audio),
      warnings: audio.warnings,
      durationSeconds: audio.durationSeconds,
    };
  } finally {
    await audio.dispose();
  }
}

describe.runIf(hasContainers)("JFK in ten containers (skipped without shared/speech/containers)", () => {
  const names = [
    "jfk-16k.wav",
    "jfk-24bit-stereo-5s.wav",
    "jfk-8k-mulaw.wav",
    "jfk-f32-5s.wav",
    "jfk.mp3",
    "jfk.ogg",
    "jfk.opus",
    "jfk.webm",
    "jfk.m4a",
    "jfk.mp4",
  ];
  test.each(names)("%s", async (name) => {
    const { samples: whole } = await decode(`${containers}jfk-16k.wav`);
    const { samples, warnings } = await decode(`${containers}${name}`);
    const expected = name.includes("5s") ? whole.subarray(0, 80_000) : whole;
    expect(warnings).toEqual([]);
    // AAC keeps its padding, as with ffmpeg.
    expect(samples.length - expected.length).toBeGreaterThanOrEqual(0);
    expect(samples.length - expected.length).toBeLessThan(101);
    const lossless = name.endsWith("wav") && !name.includes("mulaw");
    expect(correlation(samples, expected)).toBeGreaterThan(lossless ? 0.999 : 0.98);
  });
});

describe.runIf(hasContainers && hasFfmpeg)(
  "beside ffmpeg (skipped without it or shared/speech/containers)",
  () => {
    const source = `${containers}jfk.mp3`;
    const forms: [string, string[]][] = [
      ["a.mp3", ["-b:a", "64k"]],
      ["mono.mp3", ["-ac", "1", "-ar", "22050"]],
      ["untagged.mp3", ["-write_xing", "0", "-id3v2_version", "0"]],
      ["a.flac", []],
      ["24bit.flac", ["-sample_fmt", "s32", "-ar", "96000"]],
      ["a.ogg", ["-c:a", "libvorbis", "-ar", "32000"]],
      ["flac.oga", ["-c:a", "flac"]],
      // much below this bit rate Opus codes at 16 kHz inside, which ffmpeg gives out most of a sample later
      ["a.opus", ["-c:a", "libopus", "-b:a", "64k"]],
      ["surround.opus", ["-c:a", "libopus", "-ac", "6"]],
      ["opus.mp4", ["-c:a", "libopus"]],
      ["flac.mkv", ["-c:a", "flac"]],
      ["mp3.mkv", ["-c:a", "libmp3lame"]],
      ["vorbis.webm", ["-c:a", "libvorbis"]],
      ["adpcm.wav", ["-c:a", "adpcm_ms"]],
      ["a.aiff", []],
      ["a.wma", []],
      ["a.aac", []],
    ];
    test.each(forms)("%s", async (name, options) => {
      const path = make(name, "-i", source, ...options);
      const theirs = ffmpegSamples(path, true); // at the file's own times
      const { samples, warnings } = await decode(path);
      expect(warnings).toEqual([]);
      expect(Math.abs(samples.length - theirs.length)).toBeLessThan(420); // 26 ms
      expect(correlation(samples, theirs)).toBeGreaterThan(0.99);
    });

    test("a video without sound", async () => {
      const path = make("silent.mp4", "-f", "lavfi", "-i", "color=s=64x64:d=0.2");
      await expect(decode(path)).rejects.toMatchObject({ code: "audio-no-track" });
      const avi = make("silent.avi", "-f", "lavfi", "-i", "color=s=64x64:d=0.2");
      await expect(decode(avi)).rejects.toMatchObject({ code: "audio-no-track" });
    });

    test("AAC, cut off", async () => {
      const path = make("fast.m4a", "-i", source, "-movflags", "faststart");
      const bytes = readFileSync(path);
      const { samples, warnings } = await decode(bytes.subarray(0, bytes.length >> 1));
      expect(samples.length).toBeGreaterThan(16_000);
      expect(warnings.length).toBe(1);
    });
  },
);

/** Files to damage: those of samples/, which are always here, and those of shared/. */
const victims: [string, () => Uint8Array][] = [
  ["flac", () => FLAC],
  ["opus", () => OPUS],
  ...(hasContainers ? ["jfk.mp3", "jfk.ogg", "jfk.webm"] : []).map((name): [string, () => Uint8Array] => [
    name,
    () => readFileSync(containers + name),
  ]),
];

describe.each(victims)("damaged %s", (_, read) => {
  test("cut off, it is read as far as it goes", async () => {
    const bytes = read();
    const whole = await decode(bytes);
    const { samples, warnings } = await decode(bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    expect(samples.length).toBeGreaterThan(whole.samples.length * 0.4);
    expect(samples.length).toBeLessThan(whole.samples.length * 0.8);
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toMatch(/^buffer: is cut off; read as far as it goes/);
    expect(correlation(samples, whole.samples)).toBeGreaterThan(0.99);
  });

  test("with noise in the middle, the rest is still read", async () => {
    const bytes = Uint8Array.from(read());
    const whole = await decode(read());
    noise(3000).forEach((x, i) => {
      bytes[(bytes.length >> 1) + i] = 128 + 255 * x;
    });
    const { samples, warnings } = await decode(bytes);
    expect(warnings.length).toBeGreaterThan(0);
    expect(samples.length).toBeGreaterThan(whole.samples.length * 0.75);
    // The end is the same as that of the whole recording, except for what pads it: how much of that to cut off
    // is unknown when part of an MP3 is missing.
    const tail = whole.samples.subarray(-16_000);
    const best = Math.max(
      ...Array.from({ length: 600 }, (_, padding) =>
        correlation(samples.subarray(samples.length - padding - tail.length, samples.length - padding), tail),
      ),
    );
    expect(best).toBeGreaterThan(0.9);
  });

  test("whatever the bytes, it ends with samples or a typed error", { timeout: 120_000 }, async () => {
    const bytes = Uint8Array.from(read()).subarray(0, 20_000);
    const change = fc.record({
      at: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: bytes.length - 1 })),
      values: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: bytes.length }),
        async (changes, length) => {
          const damaged = bytes.slice(0, length);
          for (const { at, values } of changes)
            damaged.set(values.subarray(0, Math.max(0, length - at)), Math.min(at, length));
          const result = await decode(damaged, "no-such-program").catch((error: unknown) => error);
          if (result instanceof Error && !(result instanceof WhisperVulkanError)) throw result;
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe.runIf(hasContainers)(
  "MP3 without a count of its frames (skipped without shared/speech/containers)",
  () => {
    const tag = Buffer.concat([Buffer.from("TAG"), Buffer.alloc(125)]);
    const untagged = () => {
      const bytes = readFileSync(`${containers}jfk.mp3`);
      const first = bytes.indexOf("Info") - 36;
      return bytes.subarray(first + mp3FrameHeader(bytes, first)!.frameBytes!);
    };

    test("is whole, with a tag after it too", async () => {
      expect((await decode(untagged())).warnings).toEqual([]);
      expect((await decode(Buffer.concat([untagged(), tag]))).warnings).toEqual([]);
    });

    test.each([40_123, 40_323, 60_000])("is cut off at byte %i", async (length) => {
      const { warnings } = await decode(untagged().subarray(0, length));
      expect(warnings).toEqual([expect.stringMatching(/^buffer: is cut off; .* \(\d\.\d s\)$/)]);
    });
  },
);

test("an ID3 tag with a picture before FLAC and MP3", async () => {
  const tag = Buffer.concat([Buffer.from("ID3\x03\0\0\0\0\x02\0", "latin1"), Buffer.alloc(2 << 7, 0xff)]);
  expect((await decode(Buffer.concat([tag, FLAC]))).samples.length).toBe((await decode(FLAC)).samples.length);
});

test("a chain of Ogg streams is read to its end", async () => {
  const once = await decode(OPUS);
  const { samples, warnings } = await decode(Buffer.concat([OPUS, OPUS]));
  expect(warnings).toEqual([]);
  expect(Math.abs(samples.length - 2 * once.samples.length)).toBeLessThanOrEqual(1);
});
