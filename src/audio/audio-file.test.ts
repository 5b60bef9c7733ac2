import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WhisperVulkanError } from "../errors.js";
import { openAudio } from "./audio-file.js";
import type { SoundPiece } from "./audio-source.js";
import { collect, int16, isSame, noise, wav } from "./cases.js";
import type { AudioInput } from "./input/index.js";

const SAMPLES = noise(20_000);
const FILE = wav(int16(SAMPLES));
const MP4_MARK = "\0\0\0\x14ftypisom\0\0\0\0isom";
const SAMPLE = fileURLToPath(new URL("../../samples/coast-train.flac", import.meta.url));

let folder: string;
let path: string;
const systemTemporary = process.env.TMPDIR;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "audio-test-"));
  path = join(folder, "noise.wav");
  writeFileSync(path, FILE);
  process.env.TMPDIR = join(folder, "tmp"); // so that what is left after can be seen
  mkdirSync(process.env.TMPDIR);
});
afterAll(() => {
  if (systemTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = systemTemporary;
  rmSync(folder, { recursive: true });
});

const leftBehind = () => readdirSync(join(folder, "tmp"));

async function decode(input: AudioInput, signal?: AbortSignal): Promise<Float32Array> {
  const audio = await openAudio(input, signal === undefined ? {} : { signal });
  try {
    return await collect(audio);
  } finally {
    await audio.dispose();
  }
}

describe("every kind of input gives the same samples", () => {
  const half = FILE.length >> 1;
  const inputs: [string, () => AudioInput][] = [
    ["path", () => path],
    ["file: address", () => pathToFileURL(path).href],
    ["URL", () => pathToFileURL(path)],
    ["Buffer", () => Buffer.from(FILE)],
    ["Uint8Array within a larger buffer", () => new Uint8Array([0, ...FILE, 0]).subarray(1, -1)],
    ["ArrayBuffer", () => FILE.slice().buffer],
    ["Blob", () => new Blob([FILE.slice()])],
    ["Readable", () => Readable.from([FILE.subarray(0, half), FILE.subarray(half)])],
    ["ReadableStream", () => new Blob([FILE.slice()]).stream()],
  ];
  test.each(inputs)("%s", async (_, input) => {
    const expected = await decode(path);
    expect(expected.length).toBe(SAMPLES.length);
    expect(isSame(await decode(input()), expected)).toBe(true);
    expect(leftBehind()).toEqual([]);
  });
});

test("samples at 16 kHz are handed on without a copy", async () => {
  const pieces: SoundPiece[] = [];
  for await (const piece of await openAudio(SAMPLES)) pieces.push(piece);
  expect(pieces.length).toBe(2);
  expect(pieces.every((piece) => "buffer" in piece && piece.buffer === SAMPLES.buffer)).toBe(true);
});

test("samples at another rate are resampled", async () => {
  const samples = await decode({ samples: noise(48_000), sampleRate: 48_000 });
  expect(samples.length).toBe(16_000);
});

test("a recording can be decoded again and again, two passes at once too", async () => {
  const audio = await openAudio(SAMPLE);
  const [a, b] = await Promise.all([collect(audio), collect(audio)]);
  const c = await collect(audio);
  expect(a!.length).toBeGreaterThan(9 * 16_000);
  expect(isSame(a!, b!) && isSame(a!, c)).toBe(true);
  expect(audio.durationSeconds).toBeCloseTo(a!.length / 16_000, 3);
  await audio.dispose();
  await audio.dispose();
});

test("over HTTP", async () => {
  const server = createServer((request, response) => {
    if (request.url === "/noise.wav") return response.end(FILE);
    if (request.url === "/stalls") return response.write(FILE.subarray(0, 100));
    if (request.url === "/breaks") {
      response.writeHead(200, { "content-length": FILE.length });
      response.write(FILE.subarray(0, 100), () => response.destroy());
      return;
    }
    response.writeHead(request.url === "/error" ? 500 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect((await decode(`${base}/noise.wav`)).length).toBe(SAMPLES.length);
    await expect(decode(`${base}/none`)).rejects.toMatchObject({
      code: "file-not-found",
      message: `${base}/none: the server answered 404 Not Found`,
    });
    await expect(decode(new URL(`${base}/error`))).rejects.toMatchObject({ code: "file-unreadable" });
    await expect(decode(`${base}/breaks`)).rejects.toMatchObject({ code: "file-unreadable" });
    const abort = new AbortController();
    const stalled = decode(`${base}/stalls`, abort.signal);
    setTimeout(() => abort.abort(), 50);
    await expect(stalled).rejects.toMatchObject({ code: "aborted" });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await expect(decode(`${base}/noise.wav`)).rejects.toMatchObject({ code: "file-unreadable" });
  expect(leftBehind()).toEqual([]);
});

describe("a stream is decoded while it arrives", () => {
  const names = ["river.wav", "coast-train.flac", "morning-garden.opus"];
  test.each(names)("%s", async (name) => {
    const bytes = readFileSync(join(SAMPLE, "..", name));
    const expected = await decode(bytes);
    let [nGiven, nHeard, nFirst] = [0, 0, null as number | null];
    async function* slowly() {
      for (let at = 0; at < bytes.length; at += 2000) {
        nGiven += 1;
        yield bytes.subarray(at, at + 2000);
      }
    }
    const audio = await openAudio(slowly());
    expect(audio.isReplayable).toBe(false);
    for await (const piece of audio) {
      nFirst ??= nGiven;
      nHeard += "length" in piece ? piece.length : piece.nSilentSamples;
      expect(leftBehind()).toEqual([]);
    }
    expect(nHeard).toBe(expected.length);
    expect(nFirst! * 2000).toBeLessThan(bytes.length / 2);
    await audio.dispose();
  });
});

describe("bad input", () => {
  const text = Buffer.from("This is a letter, not a recording. ".repeat(300));
  const cases: [string, () => AudioInput, string][] = [
    ["no such file", () => join(folder, "none.wav"), "file-not-found"],
    ["a file taken for a folder", () => join(path, "x.wav"), "file-not-found"],
    ["folder", () => folder, "file-is-folder"],
    ["empty file", () => Buffer.alloc(0), "file-empty"],
    ["empty stream", () => Readable.from([]), "file-empty"],
    ["text", () => text, "audio-unrecognised"],
    ["a few bytes", () => Buffer.from("RI"), "audio-unrecognised"],
    ["MP4 of nothing but its mark", () => Buffer.from(MP4_MARK), "audio-corrupt"],
    [
      "MP4 cut off in its data",
      () => Buffer.from(`${MP4_MARK}\0\x01\0\0mdat\0\0\0\0\0\0\0\0`),
      "audio-corrupt",
    ],
    ["MP4 with an empty index", () => Buffer.from(`${MP4_MARK}\0\0\0\x08moov`), "audio-no-track"],
    ["no samples", () => new Float32Array(0), "audio-empty"],
    ["NaN", () => Float32Array.of(0, Number.NaN, 0), "audio-not-finite"],
    ["infinity", () => ({ samples: Float32Array.of(-1 / 0), sampleRate: 48_000 }), "audio-not-finite"],
    ["a rate that is none", () => ({ samples: SAMPLES, sampleRate: Number.NaN }), "option-invalid"],
    ["a rate that is not whole", () => ({ samples: SAMPLES, sampleRate: 22050.5 }), "option-invalid"],
    ["a rate that is too low", () => ({ samples: SAMPLES, sampleRate: 100 }), "option-invalid"],
    ["a number", () => 42 as unknown as AudioInput, "option-invalid"],
    ["null", () => null as unknown as AudioInput, "option-invalid"],
    ["an address of another kind", () => new URL("ftp://example.org/a.wav"), "option-invalid"],
    ["an address that is none", () => "http://", "option-invalid"],
    ["a file: address of another machine", () => "file://host/a.wav", "option-invalid"],
    ["a file: address with a broken escape", () => new URL("file:///x/%zz.wav"), "option-invalid"],
    ["a stream of numbers", () => Readable.from([1, 2]), "option-invalid"],
    ["a stream of text", () => Readable.from(["RIFF", "WAVE"]), "option-invalid"],
    ["a stream that fails", () => Readable.from(failing()), "file-unreadable"],
  ];
  async function* failing() {
    yield FILE.subarray(0, 1000);
    throw new Error("the microphone was unplugged");
  }
  test.each(cases)("%s", async (_, input, code) => {
    const error = await decode(input()).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(WhisperVulkanError);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).not.toContain("\n");
    expect(leftBehind()).toEqual([]);
  });
});

describe("stopping", () => {
  test("before opening, while a stream is read, while decoding", async () => {
    await expect(openAudio(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    const abort = new AbortController();
    const stream = new Readable({ read() {} });
    stream.push(FILE.subarray(0, 1000));
    const stalled = openAudio(stream, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    await expect(stalled).rejects.toMatchObject({ code: "aborted" });
    expect(stream.destroyed).toBe(true);

    const later = new AbortController();
    const audio = await openAudio(Readable.from([readFileSync(SAMPLE)]), { signal: later.signal });
    const pieces = audio[Symbol.asyncIterator]();
    await pieces.next();
    later.abort();
    await expect(pieces.next()).rejects.toMatchObject({ code: "aborted" });
    await audio.dispose();
    expect(leftBehind()).toEqual([]);
  });

  const waiting = () => new Promise<never>(() => {});
  test.each<[string, (ended: () => void) => AudioInput]>([
    ["a source", silent],
    ["a web stream", (ended) => new ReadableStream<Uint8Array>({ pull: waiting, cancel: ended })],
  ])("does not wait for %s with nothing to give", async (_, input) => {
    let hasEnded = false;
    const abort = new AbortController();
    const opening = openAudio(
      input(() => {
        hasEnded = true;
      }),
      { signal: abort.signal },
    );
    setTimeout(() => abort.abort(), 20);
    await expect(opening).rejects.toMatchObject({ code: "aborted" });
    expect(hasEnded).toBe(true);
    expect(leftBehind()).toEqual([]);
  });
  function silent(ended: () => void): AsyncIterable<Uint8Array> {
    const result = async () => {
      ended();
      return { done: true as const, value: undefined };
    };
    return { [Symbol.asyncIterator]: () => ({ next: waiting, return: result }) };
  }

  test("disposing ends running iterations and allows no new ones", async () => {
    const audio = await openAudio(SAMPLE);
    const pieces = audio[Symbol.asyncIterator]();
    await pieces.next();
    await audio.dispose();
    expect(await pieces.next()).toEqual({ value: undefined, done: true });
    await expect(collect(audio)).rejects.toMatchObject({ code: "disposed" });
  });
});

test("decoding does not block the event loop", async () => {
  const audio = await openAudio(noise(16_000 * 120));
  let nTurns = 0;
  const timer = setInterval(() => nTurns++, 0);
  for await (const piece of audio) {
    const until = performance.now() + 1; // as a reader that works on each piece
    while (performance.now() < until && "length" in piece);
  }
  clearInterval(timer);
  expect(nTurns).toBeGreaterThan(2);
});
