import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { int16, wav } from "../../audio/cases.js";
import { WhisperVulkanError } from "../../errors.js";
import { modelBytes } from "../../model/testing/small-model.js";
import {
  TranscriptionAbortedError as TranscriptionAborted,
  type TranscriptionAbortedError,
} from "../../whisper/index.js";
import { toyDimensions, toyModel } from "../testing/toy-model.js";
import { Whisper } from "../whisper.js";
import {
  children,
  cpu,
  errorOf,
  expected,
  expectTheSame,
  folder,
  isThere,
  loadOwn,
  local,
  options,
  own,
  path,
  recordings,
  setUp,
} from "./testing/own-process.js";

vi.mock("./entry.js", () => import("./testing/chosen-entry.js"));
vi.mock("node:child_process", { spy: true });

setUp();

let shared: Whisper;
beforeAll(async () => {
  shared = await Whisper.load(path, own);
});
afterAll(() => shared.dispose());

describe("as in this process", () => {
  test("device and memory", () => {
    expect(shared.device).toEqual(local.device);
    expect(shared.memory()).toEqual(local.memory());
  });

  test("results, segments, progress; several at once", async () => {
    const told = async (whisper: Whisper) => {
      const calls: unknown[][] = recordings.map(() => []);
      const results = await Promise.all(
        recordings.map((samples, i) =>
          whisper.transcribe(samples, {
            ...options,
            onSegment: (segment) => calls[i]!.push(segment),
            onProgress: (progress) => calls[i]!.push(progress),
          }),
        ),
      );
      return { results, calls };
    };
    const here = await told(local);
    expect(here.results).toEqual(await Promise.all(recordings.map((_, i) => expected(i))));
    expect(await told(shared)).toEqual(here);
  });

  test("a language to be detected, a prompt, temperatures", async () => {
    const detecting = { ...options, language: "auto", prompt: "abc", temperature: [0, 0.7], seed: 3 };
    const samples = recordings[2]!.subarray(0, 16_000 * 5);
    expect(await shared.transcribe(samples, detecting)).toEqual(await local.transcribe(samples, detecting));
  });

  test("bytes of a file: in memory, a Blob, a stream", async () => {
    const bytes = wav(int16(recordings[2]!));
    const result = await local.transcribe(bytes, options);
    for (const input of [
      new Blob([new Uint8Array(bytes)]),
      Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]),
    ])
      expect(await shared.transcribe(input, options)).toEqual(result);
  });

  test("errors of recordings and options", async () => {
    for (const [input, wrong] of [
      [join(folder, "nosuch.wav"), {}],
      [new Uint8Array(0), {}],
      [recordings[2]!, { language: "klingon" }],
      [recordings[2]!, { temperature: 7 }],
    ] as const) {
      const here = await errorOf(local.transcribe(input, { ...options, ...wrong }));
      const there = await errorOf(shared.transcribe(input, { ...options, ...wrong }));
      expect(there).toBeInstanceOf(WhisperVulkanError);
      expect({ ...there, message: there.message }).toEqual({ ...here, message: here.message });
    }
  });

  test("errors of loading", async () => {
    const bad = join(folder, "bad.bin");
    writeFileSync(bad, "not a model");
    const other = join(folder, "other.bin");
    writeFileSync(other, modelBytes(toyModel({ ...toyDimensions, nVocab: 51_000 })));
    for (const [model, wrong] of [
      [path, { threads: 0 }],
      [path, { device: "no such device" }],
      [bad, cpu],
      [other, cpu],
      [join(folder, "nosuch.bin"), cpu],
    ] as const) {
      const here = await errorOf(Whisper.load(model, wrong));
      const there = await errorOf(Whisper.load(model, { ...wrong, process: "own" }));
      expect(there).toBeInstanceOf(WhisperVulkanError);
      expect([there.code, there.message, there.hint]).toEqual([here.code, here.message, here.hint]);
    }
    expect(children().filter(isThere)).toEqual([]);
  });

  test("stopping one leaves the others alone; its error carries what it had", async () => {
    const abort = new AbortController();
    const [stopped, second, third] = await Promise.allSettled([
      shared.transcribe(recordings[0]!, {
        ...options,
        signal: abort.signal,
        onSegment: () => abort.abort(),
      }),
      shared.transcribe(recordings[1]!, options),
      shared.transcribe(recordings[2]!, options),
    ]);
    const error = (stopped as PromiseRejectedResult).reason as TranscriptionAbortedError;
    expect(error).toBeInstanceOf(TranscriptionAborted);
    expect(error.partial.segments).toEqual((await expected(0)).segments.slice(0, 1));
    expect([second, third]).toEqual([
      { status: "fulfilled", value: await expected(1) },
      { status: "fulfilled", value: await expected(2) },
    ]);
  });

  test("stopping within a window, and before the start", async () => {
    const soon = errorOf(shared.transcribe(recordings[0]!, { ...options, signal: AbortSignal.timeout(150) }));
    expect(await soon).toBeInstanceOf(TranscriptionAborted);
    const before = shared.transcribe(recordings[0]!, { ...options, signal: AbortSignal.abort() });
    expect(await errorOf(before)).toBeInstanceOf(TranscriptionAborted);
    await expectTheSame(shared, 2);
  });

  test("an error of onSegment is thrown unchanged", async () => {
    const thrown = new Error("the caller's own");
    const onSegment = () => {
      throw thrown;
    };
    const [broken] = await Promise.allSettled([
      shared.transcribe(recordings[0]!, { ...options, onSegment }),
      expectTheSame(shared, 2),
    ]);
    expect((broken as PromiseRejectedResult).reason).toBe(thrown);
  });

  test("loading can be stopped", async () => {
    const stopped = Whisper.load(path, { ...own, signal: AbortSignal.timeout(30) });
    expect(await errorOf(stopped)).toMatchObject({ code: "aborted" });
    expect(children().filter(isThere)).toEqual([]);
  });

  test("dispose() during transcriptions: typed errors, and no process is left", async () => {
    const { whisper } = await loadOwn();
    let disposed: Promise<void> | undefined;
    const running = [0, 1].map((i) =>
      errorOf(
        whisper.transcribe(recordings[i]!, {
          ...options,
          onSegment: () => {
            disposed ??= whisper.dispose();
          },
        }),
      ),
    );
    expect((await Promise.all(running)).map(({ code }) => code)).toEqual(["disposed", "disposed"]);
    await disposed;
    expect(children()).toHaveLength(1);
    expect(children().filter(isThere)).toEqual([]);
    expect(await errorOf(whisper.transcribe(recordings[2]!))).toMatchObject({ code: "disposed" });
    await whisper.dispose();
  });
});
