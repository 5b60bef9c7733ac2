import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WhisperVulkanError } from "../../../errors.js";
import { openAudio } from "../../audio-file.js";
import { collect, int16, noise, type WavShape, wav } from "../../cases.js";

const SAMPLES = noise(1000);
const floats = (values: Float32Array) => new Uint8Array(values.slice().buffer);

async function decode(bytes: Uint8Array) {
  const audio = await openAudio(bytes, { ffmpeg: "no-such-program" });
  try {
    const samples = await collect(audio);
    return { samples, warnings: audio.warnings, durationSeconds: audio.durationSeconds };
  } finally {
    await audio.dispose();
  }
}

/** Bytes of each sample as an integer of `bits`. */
function integers(bits: number): Uint8Array {
  const bytes = new Uint8Array(SAMPLES.length * (bits / 8));
  SAMPLES.forEach((x, i) => {
    const value = bits === 8 ? Math.round(x * 128) + 128 : Math.round(x * 2 ** (bits - 1));
    for (let b = 0; b < bits / 8; b++) bytes[(i * bits) / 8 + b] = Math.floor(value / 256 ** b) & 255;
  });
  return bytes;
}

describe("sample formats", () => {
  const cases: [string, Uint8Array, WavShape, number][] = [
    ["8 bit", integers(8), { bits: 8 }, 1 / 128],
    ["16 bit", integers(16), {}, 1 / 32768],
    ["24 bit", integers(24), { bits: 24 }, 1e-6],
    ["32 bit", integers(32), { bits: 32 }, 1e-7],
    ["f32", floats(SAMPLES), { code: 3, bits: 32 }, 0],
    ["f64", new Uint8Array(Float64Array.from(SAMPLES).buffer), { code: 3, bits: 64 }, 0],
    ["extensible", integers(24), { bits: 24, extensible: true }, 1e-6],
    ["RF64", integers(16), { rf64: true }, 1 / 32768],
  ];
  test.each(cases)("%s", async (_, data, shape, tolerance) => {
    const { samples, warnings, durationSeconds } = await decode(wav(data, shape));
    expect(samples.length).toBe(SAMPLES.length);
    samples.forEach((x, i) => {
      expect(Math.abs(x - SAMPLES[i]!)).toBeLessThanOrEqual(tolerance);
    });
    expect(warnings).toEqual([]);
    expect(durationSeconds).toBe(1000 / 16000);
  });

  // Values from the tables of ITU-T G.711, at 16 bits.
  test.each([
    ["A-law", 6, [0xd5, 0x55, 0xaa, 0x2a, 0x80], [8, -8, 32256, -32256, 5504]],
    ["mu-law", 7, [0xff, 0x7f, 0x80, 0x00, 0xf0], [0, 0, 32124, -32124, 120]],
  ])("%s", async (_, code, bytes, expected) => {
    const { samples } = await decode(wav(Uint8Array.from(bytes), { code, bits: 8 }));
    expect([...samples].map((x) => x * 32768)).toEqual(expected);
  });

  test("channels become one", async () => {
    const { samples } = await decode(
      wav(floats(Float32Array.of(1, 0, 0.5, -0.5, 0, 1)), { code: 3, bits: 32, nChannels: 2 }),
    );
    expect([...samples]).toEqual([0.5, 0, 0.5]);
    const six = await decode(
      wav(floats(Float32Array.of(1, 2, 3, 4, 5, 6)), { code: 3, bits: 32, nChannels: 6 }),
    );
    expect(six.samples[0]).toBeCloseTo((3 * Math.SQRT1_2 + 3 + 5.5) / (2 + Math.SQRT2), 6); // 5.1
  });
});

test.each([0, 0xffffffff])(
  "a size of %i, as streaming writers leave it, means to the end",
  async (declaredBytes) => {
    const { samples, warnings } = await decode(wav(int16(SAMPLES), { declaredBytes }));
    expect(samples.length).toBe(SAMPLES.length);
    expect(warnings).toEqual([]);
  },
);

test("a cut off file is read as far as it goes, with a warning", async () => {
  const whole = wav(int16(noise(16000)));
  const { samples, warnings } = await decode(whole.subarray(0, whole.length - 16001));
  expect(samples.length).toBe(7999);
  expect(warnings).toEqual(["buffer: is cut off; read as far as it goes (0.5 s of 1.0 s)"]);
});

describe("bad files", () => {
  const garbage = new Uint8Array(400).fill(7);
  const cases: [string, Uint8Array, string][] = [
    ["no samples", wav(new Uint8Array(0)), "audio-empty"],
    ["less than one sample", wav(new Uint8Array(1)), "audio-empty"],
    ["header alone", wav(int16(SAMPLES)).subarray(0, 12), "audio-corrupt"],
    ["no channel", wav(int16(SAMPLES), { nChannels: 0 }), "audio-corrupt"],
    ["rate 0", wav(int16(SAMPLES), { sampleRate: 0 }), "audio-corrupt"],
    ["rate 4 GHz", wav(int16(SAMPLES), { sampleRate: 4e9 }), "audio-corrupt"],
    ["ADPCM without ffmpeg", wav(garbage, { code: 2, bits: 4 }), "audio-codec-unsupported"],
    ["NaN", wav(floats(Float32Array.of(0, Number.NaN)), { code: 3, bits: 32 }), "audio-not-finite"],
    ["infinity", wav(floats(Float32Array.of(0, 1 / 0)), { code: 3, bits: 32 }), "audio-not-finite"],
  ];
  test.each(cases)("%s", async (_, bytes, code) => {
    await expect(decode(bytes)).rejects.toMatchObject({ code });
  });
});

test("whatever the header says, it ends with samples or a typed error", async () => {
  const whole = wav(int16(SAMPLES));
  const changes = fc.array(fc.tuple(fc.integer({ min: 4, max: 60 }), fc.integer({ min: 0, max: 255 })), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(changes, fc.integer({ min: 13, max: whole.length }), async (bytes, length) => {
      const damaged = whole.slice(0, length);
      for (const [at, value] of bytes) damaged[at] = value;
      const result = await decode(damaged).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(WhisperVulkanError);
    }),
    { numRuns: 500 },
  );
});
