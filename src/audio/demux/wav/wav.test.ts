import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WhisperVulkanError } from "../../../errors.js";
import { openAudio } from "../../audio-file.js";
import { collect, int16, noise, type WavShape, wav } from "../../cases.js";
import { decode as decodeBothWays, join, read, TAGS } from "../cases.js";
import { readFormat } from "./format.js";

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

test.each([0, 0xffffffff, 0x7fffffff, 0x80000000, 0x7ffff000, 0xffffff00])(
  "a size of %i, as streaming writers leave it, means to the end",
  async (declaredBytes) => {
    const { samples, warnings } = await decode(wav(int16(SAMPLES), { declaredBytes }));
    expect(samples.length).toBe(SAMPLES.length);
    expect(warnings).toEqual([]);
  },
);

/** A file with other bytes in some places. */
function changed(file: Uint8Array, ...changes: [at: number, ...values: number[]][]): Uint8Array {
  const bytes = file.slice();
  for (const [at, ...values] of changes) bytes.set(values, at);
  return bytes;
}

const FILE = wav(int16(SAMPLES));
const LIST = join("LIST\x04\0\0\0INFO");

describe("redundant fields", () => {
  const [RIFF_SIZE, BYTES_PER_SECOND, ALIGN, BITS] = [4, 28, 32, 34];
  test.each([
    ["block align 0", changed(FILE, [ALIGN, 0, 0])],
    ["a wrong block align", changed(FILE, [ALIGN, 99, 1])],
    ["bits left out", changed(FILE, [BITS, 0, 0])],
    ["a wrong bit rate", changed(FILE, [BYTES_PER_SECOND, 0, 0, 0, 0])],
    ["RIFF size 0", changed(FILE, [RIFF_SIZE, 0, 0, 0, 0])],
    ["an odd chunk without its padding", join(FILE.subarray(0, 36), "junk\x03\0\0\0abc", FILE.subarray(36))],
    ["an odd chunk with its padding", join(FILE.subarray(0, 36), "junk\x03\0\0\0abc\0", FILE.subarray(36))],
    ["chunks behind", join(FILE, LIST, "id3 \x04\0\0\0abcd")],
    ["an ID3v2 tag in front", join(TAGS.ID3v2!, FILE)],
    ...Object.entries(TAGS).map(([name, tag]): [string, Uint8Array] => [`${name} behind`, join(FILE, tag)]),
  ])("%s", async (_, bytes) => {
    const { samples, warnings } = await decodeBothWays(bytes);
    expect(warnings).toEqual([]);
    expect(samples.length).toBe(SAMPLES.length);
  });

  test("samples padded to more bytes than they need", async () => {
    const padded = wav(integers(32), { bits: 32 });
    const { samples } = await decode(changed(padded, [BITS, 24, 0]));
    expect(samples.length).toBe(SAMPLES.length);
    expect(Math.abs(samples[500]! - SAMPLES[500]!)).toBeLessThan(1e-6);
  });
});

describe("a header that says less than there is", () => {
  const says = (nBytes: number) => changed(FILE, [40, nBytes & 255, nBytes >> 8, 0, 0]);
  test.each([500, 0x1e0, 2])("%i bytes: what follows is no chunk, so all is read", async (nBytes) => {
    const { samples, warnings } = await decodeBothWays(says(nBytes));
    expect(warnings).toEqual([]);
    expect(samples.length).toBe(SAMPLES.length);
    expect(Math.abs(samples[900]! - SAMPLES[900]!)).toBeLessThanOrEqual(1 / 32768);
  });

  test("silence after it, then sound", async () => {
    const silent = SAMPLES.map((x, i) => (i > 200 && i < 600 ? 0 : x));
    const file = changed(wav(int16(silent)), [40, 0x92, 1, 0, 0]); // 201 samples
    const { samples, warnings } = await decodeBothWays(file);
    expect(warnings).toEqual([]);
    expect(samples.length).toBe(SAMPLES.length);
    expect(Math.abs(samples[900]! - SAMPLES[900]!)).toBeLessThanOrEqual(1 / 32768);
  });

  test("another file after it, as `cat` joins them", async () => {
    const { samples, warnings } = await decodeBothWays(join(FILE, LIST, FILE));
    expect(warnings).toEqual([]);
    expect(samples.length).toBe(2 * SAMPLES.length);
  });
});

describe("other byte orders and sizes", () => {
  const fmt = "\0\x01\0\x01\0\0\x3e\x80\0\0\x7d\0\0\x02\0\x10"; // PCM, mono, 16 kHz, 16 bits, big-endian
  const swapped = int16(SAMPLES).map((_, i, bytes) => bytes[i ^ 1]!);

  test("RIFX", async () => {
    const file = join("RIFX\0\0\x07\xf4WAVEfmt \0\0\0\x10", fmt, "data\0\0\x07\xd0", swapped);
    const { samples, warnings } = await decodeBothWays(file);
    expect(warnings).toEqual([]);
    expect(samples).toEqual((await decode(FILE)).samples);
  });

  test("Wave64", async () => {
    const chunk = (guid: string, size: number) =>
      join(guid, new Uint8Array(BigUint64Array.of(BigInt(size)).buffer));
    const rest = "\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a";
    const file = join(
      chunk("riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0", 2104),
      `wave${rest}`,
      chunk(`fmt ${rest}`, 40),
      FILE.subarray(20, 36),
      chunk(`data${rest}`, 2024),
      int16(SAMPLES),
    );
    const { samples, warnings } = await decodeBothWays(file);
    expect(warnings).toEqual([]);
    expect(samples).toEqual((await decode(FILE)).samples);
  });
});

test("an extensible format's channel mask says where the loudspeakers stand", () => {
  const fmt = wav(new Uint8Array(0), { nChannels: 6, extensible: true }).subarray(20, 60);
  const speakers = (mask: number) =>
    readFormat(changed(fmt, [20, mask & 255, mask >> 8]), "riff", "x").speakers;
  expect(speakers(0x3f)).toEqual(["FL", "FR", "FC", "LFE", "BL", "BR"]);
  expect(speakers(0x60f)).toEqual(["FL", "FR", "FC", "LFE", "SL", "SR"]);
  expect(speakers(0x3)).toEqual(["FL", "FR", "other", "other", "other", "other"]);
  expect(speakers(0)).toBe(null);
});

test("MP3 in WAV", async () => {
  const mp3 = read("test/data/tone-440-44100-mono.mp3");
  const { samples, warnings } = await decodeBothWays(join(wav(mp3, { code: 0x55, bits: 0 }), LIST));
  expect(warnings).toEqual([]);
  expect(samples.length).toBe(8000);
});

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
