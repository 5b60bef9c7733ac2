import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { openAudio } from "../audio-file.js";
import { collect, isSame, noise } from "../cases.js";
import type { AudioInput } from "./index.js";

const SAMPLES = noise(20_000).map((x) => Math.round(x * 32768) / 32768 || 0);
const INTEGERS = Int16Array.from(SAMPLES, (x) => x * 32768);

async function decode(input: AudioInput) {
  const audio = await openAudio(input);
  try {
    return { samples: await collect(audio), audio };
  } finally {
    await audio.dispose();
  }
}

async function* pieces<T extends Float32Array | Int16Array>(samples: T, size = 777): AsyncGenerator<T> {
  for (let at = 0; at < samples.length; at += size) yield samples.subarray(at, at + size) as T;
}

const buffer = (...channels: Float32Array[]) => ({
  numberOfChannels: channels.length,
  length: channels[0]?.length ?? 0,
  sampleRate: 16000,
  getChannelData: (channel: number) => channels[channel]!,
});

describe("every kind of samples gives the same", () => {
  const kinds: [string, () => AudioInput][] = [
    ["Float32Array", () => SAMPLES],
    ["Float64Array", () => Float64Array.from(SAMPLES)],
    ["Int16Array", () => INTEGERS],
    ["Int16Array within a larger buffer", () => Int16Array.of(1, ...INTEGERS).subarray(1)],
    ["with a rate", () => ({ samples: SAMPLES, sampleRate: 16000 })],
    ["integers with a rate", () => ({ samples: INTEGERS, sampleRate: 16000 })],
    ["an AudioBuffer", () => buffer(SAMPLES)],
    ["an AudioBuffer in stereo", () => buffer(SAMPLES, SAMPLES)],
    ["a generator with a rate", () => ({ samples: pieces(SAMPLES), sampleRate: 16000 })],
    ["a generator of integers", () => ({ samples: pieces(INTEGERS), sampleRate: 16000 })],
    ["a generator of large pieces", () => ({ samples: pieces(SAMPLES, 19_000), sampleRate: 16000 })],
    [
      "a source with a rate of its own",
      () => ({ [Symbol.asyncIterator]: () => pieces(SAMPLES), sampleRate: 16000 }),
    ],
    ["a stream of Node's", () => ({ samples: Readable.from(pieces(SAMPLES)), sampleRate: 16000 })],
  ];
  test.each(kinds)("%s", async (_, input) => {
    expect(isSame((await decode(input())).samples, SAMPLES)).toBe(true);
  });
});

test("channels of an AudioBuffer are mixed down, and its rate counts", async () => {
  const { samples } = await decode({ ...buffer(SAMPLES, noise(20_000, 2)), sampleRate: 48_000 });
  expect(samples.length).toBe(Math.round(20_000 / 3));
});

test("samples in memory can be read again, a stream of them cannot, and says so", async () => {
  expect((await openAudio(SAMPLES)).isReplayable).toBe(true);
  const audio = await openAudio({ samples: pieces(SAMPLES), sampleRate: 16000 });
  expect(audio.isReplayable).toBe(false);
  expect(audio.durationSeconds).toBeNull();
  await collect(audio);
  await expect(collect(audio)).rejects.toMatchObject({ code: "internal" });
});

describe("what is no sound is refused by name", () => {
  async function* broken(why = "the microphone was unplugged") {
    yield SAMPLES;
    throw new Error(why);
  }
  const locked = () => {
    const stream = new Blob(["x"]).stream();
    stream.getReader();
    return stream;
  };
  async function* numbers() {
    yield 0.5;
  }
  const refused: [string, unknown, string, RegExp][] = [
    ["undefined", undefined, "option-invalid", /The recording cannot be undefined/],
    ["null", null, "option-invalid", /The recording cannot be null/],
    ["a number", 3, "option-invalid", /The recording cannot be a number/],
    ["an object", {}, "option-invalid", /The recording cannot be an Object/],
    ["an object without a class", Object.create(null), "option-invalid", /The recording cannot be an object/],
    ["a list of numbers", [0, 0.5], "option-invalid", /The recording cannot be an Array/],
    ["a set of numbers", new Set([1]), "option-invalid", /The recording cannot be a Set/],
    ["32-bit integers", new Int32Array(4), "option-invalid", /The recording cannot be an Int32Array/],
    ["a function", () => 1, "option-invalid", /The recording cannot be a function/],
    ["samples in a list", { samples: [0, 0.5], sampleRate: 16000 }, "option-invalid", /samples are an Array/],
    ["samples that are null", { samples: null, sampleRate: 16000 }, "option-invalid", /samples are null/],
    ["samples without a rate", { samples: SAMPLES }, "option-invalid", /sampleRate is undefined/],
    ["a rate in text", { samples: SAMPLES, sampleRate: "16000" }, "option-invalid", /sampleRate is "16000"/],
    ["an AudioBuffer without channels", buffer(), "option-invalid", /AudioBuffer without samples/],
    [
      "an AudioBuffer that fails",
      {
        ...buffer(),
        numberOfChannels: 1,
        getChannelData: () => {
          throw new Error("detached\nfor good");
        },
      },
      "option-invalid",
      /gives no samples \(detached\?for good\)/,
    ],
    ["a generator", (function* () {})(), "option-invalid", /cannot be an object/],
    ["an empty path", "", "option-invalid", /path of the recording is empty/],
    ["an address that cannot be read", "ftp://host/x.mp3", "option-invalid", /ftp: URLs cannot be read/],
    ["a locked stream", locked(), "option-invalid", /stream is locked/],
    [
      "an error of two lines",
      { samples: broken("two\nlines"), sampleRate: 16000 },
      "file-unreadable",
      /two\?lines/,
    ],
    ["a stream of numbers", { samples: numbers(), sampleRate: 16000 }, "option-invalid", /yields a number/],
    ["samples as a stream of bytes", pieces(SAMPLES), "option-invalid", /carries a Float32Array, not bytes/],
    ["a stream that fails", { samples: broken(), sampleRate: 16000 }, "file-unreadable", /unplugged/],
    ["no samples", { samples: pieces(new Float32Array(0)), sampleRate: 16000 }, "audio-empty", /no sound/],
  ];
  test.each(refused)("%s", async (_, input, code, message) => {
    await expect(decode(input as AudioInput)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });
});

test("a silent stream delays neither an abort nor disposing", async () => {
  const silent = () => ({
    samples: { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) },
    sampleRate: 16000,
  });
  const abort = new AbortController();
  const audio = await openAudio(silent(), { signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await expect(collect(audio)).rejects.toMatchObject({ code: "aborted" });

  const other = await openAudio(silent());
  const reading = collect(other);
  setTimeout(() => other.dispose(), 20);
  await expect(reading).rejects.toMatchObject({ code: "disposed" });
});
