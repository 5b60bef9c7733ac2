import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";

import { openAudio } from "../audio-file.js";
import type { AudioSource, Silence, SoundPiece } from "../audio-source.js";
import { isSame, noise, sine, slaneyFilters } from "../cases.js";
import { TemporaryFile } from "../input/temporary-file.js";
import { FrameBlocks } from "./frame-blocks.js";
import { LogMel, WINDOW_FRAMES } from "./index.js";
import { PowerSpectrum } from "./power-spectrum.js";

const FILTERS = slaneyFilters(80);
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Log-mel straight from the definition, in f64, over samples followed by zeros: `nFrames` frames. */
function reference(samples: Float32Array, filters: Float32Array, nFrames: number): Float64Array[] {
  const sampleAt = (i: number) => samples[Math.abs(i)] ?? 0;
  const nMels = filters.length / 201;
  const frames = Array.from({ length: nFrames }, (_, t) => {
    const power = new Float64Array(201);
    for (let k = 0; k <= 200; k++) {
      let [re, im] = [0, 0];
      for (let n = 0; n < 400; n++) {
        const x = sampleAt(160 * t - 200 + n) * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 400));
        re += x * COSINES[(k * n) % 400]!;
        im += x * COSINES[(k * n + 100) % 400]!;
      }
      power[k] = re * re + im * im;
    }
    return Float64Array.from({ length: nMels }, (_, mel) => {
      let sum = 0;
      for (let k = 0; k <= 200; k++) sum += filters[mel * 201 + k]! * power[k]!;
      return Math.log10(Math.max(sum, 1e-10));
    });
  });
  const maximum = frames.reduce((max, frame) => Math.max(max, ...frame), -10);
  return frames.map((frame) => frame.map((x) => (Math.max(x, maximum - 8) + 4) / 4));
}
const COSINES = Float64Array.from({ length: 400 }, (_, i) => Math.cos((2 * Math.PI * i) / 400));

async function open(samples: Float32Array, options: { maxKeptFrames?: number; filters?: Float32Array } = {}) {
  return LogMel.open(await openAudio(samples), { filters: FILTERS, ...options });
}

function worstDifference(frames: Float64Array[], window: Float32Array, nFrames: number): number {
  const nMels = frames[0]!.length;
  let worst = 0;
  for (let t = 0; t < nFrames; t++) {
    frames[t]!.forEach((x, mel) => {
      worst = Math.max(worst, Math.abs(x - window[t * nMels + mel]!));
    });
  }
  return worst;
}

describe("against the definition in f64", () => {
  const speech = noise(20_000).map((x, i) => x * Math.sin(i / 3000) ** 2 + 0.1 * Math.sin(i / 7));
  const cases: [string, Float32Array][] = [
    ["noise that comes and goes", speech],
    ["a loud sine", sine(1234, 16000, 16_000)],
    ["one sample", Float32Array.of(0.5)],
    ["less than the mirrored beginning", noise(150)],
    [
      "sound, silence, sound",
      Float32Array.from([...noise(3000), ...new Float32Array(9000), ...noise(2777, 5)]),
    ],
    ["a whole number of frames", noise(1600)],
    ["silence", new Float32Array(5000)],
    ["very loud", noise(3000).map((x) => x * 1e6)],
    ["very quiet", noise(3000).map((x) => x * 1e-6)],
  ];
  test.each(cases)("%s", async (_, samples) => {
    const nFrames = Math.ceil(samples.length / 160) + 3;
    const mel = await open(samples);
    const window = await mel.window(0, "silence");
    expect(mel.nFrames).toBe(Math.floor(samples.length / 160));
    expect(worstDifference(reference(samples, FILTERS, nFrames), window, nFrames)).toBeLessThan(1e-5);
  });

  test("128 bands", async () => {
    const filters = slaneyFilters(128);
    const window = await (await open(speech, { filters })).window(0, "silence");
    expect(worstDifference(reference(speech, filters, 120), window, 120)).toBeLessThan(1e-5);
  });
});

test("frames after the end are 0, or what silence gives", async () => {
  const mel = await open(noise(16_100));
  const zeros = await mel.window(0);
  const silence = await mel.window(0, "silence");
  expect(zeros.length).toBe(WINDOW_FRAMES * 80);
  expect(isSame(zeros.subarray(0, 100 * 80), silence.subarray(0, 100 * 80))).toBe(true);
  expect(zeros.subarray(100 * 80).every((x) => x === 0)).toBe(true);
  const floor = Math.fround((mel.maximum - 8 + 4) / 4);
  expect(silence.subarray(103 * 80).every((x) => x === floor)).toBe(true);
});

/** A recording in pieces; once: it can be read only once. */
function sourceOf(pieces: readonly SoundPiece[], once = false): AudioSource {
  let nReads = 0;
  return {
    sampleRate: 16000,
    isReplayable: !once,
    async *[Symbol.asyncIterator]() {
      if (once && nReads++ > 0) throw new Error("this recording can be read only once");
      yield* pieces;
    },
  };
}

describe("a long recording", () => {
  const samples = noise(16000 * 75).map((x, i) => x * Math.sin(i / 90_000));
  const seconds = Array.from({ length: 75 }, (_, i) => samples.subarray(i * 16000, (i + 1) * 16000));

  test.each([
    ["that can be read again", false],
    ["that can be read only once", true],
  ])("%s gives what one kept in memory gives", async (_, once) => {
    const kept = await open(samples);
    const long = await LogMel.open(sourceOf(seconds, once), { filters: FILTERS, maxKeptFrames: 2000 });
    expect(long.maximum).toBe(kept.maximum);
    for (const [frame, tail] of [
      [0, "silence"],
      [0, "zeros"],
      [1234, "zeros"],
      [5999, "zeros"],
      [6000, "silence"],
      [7499, "zeros"],
    ] as const) {
      expect(isSame(await long.window(frame, tail), await kept.window(frame, tail))).toBe(true);
    }
    await expect(long.window(100)).rejects.toThrow("only move forward");
    await long.close();
  });

  test("that can be read only once goes to a temporary file, which is closed however it ends", async () => {
    const create = vi.spyOn(TemporaryFile, "create");
    const remove = vi.spyOn(TemporaryFile.prototype, "remove");
    const options = { filters: FILTERS, maxKeptFrames: 2000 };
    await (await LogMel.open(sourceOf(seconds, true), options)).close();
    async function* failing() {
      yield* seconds;
      throw new Error("the pipe broke");
    }
    const broken = { ...sourceOf([], true), [Symbol.asyncIterator]: failing };
    await expect(LogMel.open(broken, options)).rejects.toThrow("the pipe broke");
    expect([create.mock.calls.length, remove.mock.calls.length]).toEqual([2, 2]);
    await (await LogMel.open(sourceOf(seconds), options)).close(); // this one is read again
    await (await LogMel.open(sourceOf(seconds, true), { filters: FILTERS })).close(); // this one is kept
    expect(create).toHaveBeenCalledTimes(2);
  });

  test("that can be read only once needs a temporary folder", async () => {
    vi.stubEnv("TMPDIR", "/nowhere");
    vi.stubEnv("TEMP", "/nowhere");
    const opening = LogMel.open(sourceOf(seconds, true), { filters: FILTERS, maxKeptFrames: 2000 });
    await expect(opening).rejects.toMatchObject({ code: "temporary-folder-unwritable" });
  });
});

describe("gaps", () => {
  const gap = (nSilentSamples: number): Silence => ({ nSilentSamples });
  const zerosFor = (piece: SoundPiece) =>
    piece instanceof Float32Array ? piece : new Float32Array(piece.nSilentSamples);

  test("count as zeros, wherever they are and however the frames are stored", async () => {
    const piece = fc.oneof(
      fc.integer({ min: 0, max: 3000 }).map((n) => noise(n, n + 1)),
      fc.integer({ min: 0, max: 50_000 }).map(gap),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.boolean(),
        fc.boolean(),
        async (pieces, once, long) => {
          const options = { filters: FILTERS, ...(long ? { maxKeptFrames: 0 } : {}) };
          const mel = await LogMel.open(sourceOf(pieces, once), options);
          const expected = await LogMel.open(sourceOf(pieces.map(zerosFor)), { filters: FILTERS });
          expect([mel.nSamples, mel.maximum]).toEqual([expected.nSamples, expected.maximum]);
          for (let frame = 0; frame < mel.nFrames; frame += 1357)
            for (const tail of ["zeros", "silence"] as const)
              expect(isSame(await mel.window(frame, tail), await expected.window(frame, tail))).toBe(true);
          await mel.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test("of a second and more are reported, adjacent ones as one", async () => {
    const pieces = [gap(16_000), noise(1600), gap(15_999), noise(1600), gap(9000), noise(0), gap(8000)];
    const mel = await LogMel.open(sourceOf([...pieces, noise(100), gap(20_000)]), { filters: FILTERS });
    expect(mel.gaps).toEqual([
      { start: 0, end: 16_000 },
      { start: 35_199, end: 52_199 },
      { start: 52_299, end: 72_299 },
    ]);
  });

  test("end a window's sound, as the end of a recording does", async () => {
    const sound = noise(16_050);
    const alone = await open(sound);
    const followed = await LogMel.open(sourceOf([sound, gap(40_000), sound]), { filters: FILTERS });
    for (const tail of ["silence", "zeros"] as const)
      expect(isSame(await followed.window(0, tail, 100), await alone.window(0, tail))).toBe(true);
  });

  test.each([false, true])("of ten hours cost no frames and no memory (read once: %s)", async (once) => {
    const hours = 10 * 3600 * 16_000;
    const pieces = (nSilent: number) => {
      const long = gap(nSilent);
      return [noise(48_000), long, noise(48_000, 3), long, noise(16_000, 4)];
    };
    const short = await LogMel.open(sourceOf(pieces(16_000)), { filters: FILTERS });
    const expected = await short.window(400, "zeros", 300);
    const compute = vi.spyOn(PowerSpectrum.prototype, "compute");
    const add = vi.spyOn(FrameBlocks.prototype, "add");
    for (const maxKeptFrames of [180_000, 0]) {
      compute.mockClear();
      add.mockClear();
      const mel = await LogMel.open(sourceOf(pieces(hours), once), { filters: FILTERS, maxKeptFrames });
      expect(mel.nSamples).toBe(2 * hours + 112_000);
      expect(isSame(await mel.window(300 + hours / 160, "zeros", 300), expected)).toBe(true);
      await mel.close();
      // Seven seconds of sound, its edges, and what a second pass reads again.
      expect(compute.mock.calls.length).toBeLessThan(1100);
      expect(add.mock.calls.length).toBeLessThan(10);
    }
  });
});

test("how the samples are cut does not matter", async () => {
  const samples = noise(9000).fill(0, 2000, 5000);
  const expected = await (await open(samples)).window(0, "silence");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 30 }),
      async (sizes) => {
        async function* pieces() {
          let at = 0;
          for (let i = 0; at < samples.length; at += sizes[i++ % sizes.length]!) {
            yield samples.subarray(at, at + sizes[i % sizes.length]!);
          }
        }
        const source = { sampleRate: 16000, isReplayable: true, [Symbol.asyncIterator]: pieces };
        const mel = await LogMel.open(source, { filters: FILTERS });
        expect(isSame(await mel.window(0, "silence"), expected)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

test("a source at another rate is refused", async () => {
  const source = { sampleRate: 48000, isReplayable: true, async *[Symbol.asyncIterator]() {} };
  await expect(LogMel.open(source, { filters: FILTERS })).rejects.toMatchObject({ code: "option-invalid" });
});

const shared = fileURLToPath(new URL("../../../../shared/", import.meta.url));
const numbers = `${shared}reference/data/openai-base-numbers.json`;
test("OpenAI's own numbers, to 1e-4", async ({ skip }) => {
  if (!existsSync(numbers)) return skip("shared/reference is not here");
  const expected = JSON.parse(readFileSync(numbers, "utf8")) as { mel_frames: Record<string, number[]> };
  const audio = await openAudio(`${shared}speech/ljspeech/LJ001-0001.flac`);
  const window = await (await LogMel.open(audio, { filters: FILTERS })).window(0, "silence");
  for (const [frame, values] of Object.entries(expected.mel_frames)) {
    values.forEach((value, mel) => {
      expect(Math.abs(window[Number(frame) * 80 + mel]! - value)).toBeLessThan(1e-4);
    });
  }
  await audio.dispose();
});
