import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { noise, sine } from "../audio/cases.js";
import { openCpu } from "../backend/cpu/index.js";
import { openVulkan } from "../backend/vulkan/index.js";
import { WhisperVulkanError } from "../errors.js";
import { modelBytes } from "../model/testing/small-model.js";
import { type TranscribeOptions, TranscriptionAbortedError } from "../whisper/index.js";
import { toyDimensions, toyModel } from "./testing/toy-model.js";
import { Whisper } from "./whisper.js";

vi.mock("../backend/vulkan/index.js", { spy: true });

const folder = mkdtempSync(join(tmpdir(), "engine-test-"));
const path = join(folder, "toy.bin");
const cpu = { device: "cpu", threads: 2 } as const;
/** One attempt per window, nothing dropped as silence: the toy model's text would fail every check. */
const options: TranscribeOptions = { language: "en", temperature: 0, noSpeechThreshold: null };
/** Three windows, two, one. */
const recordings = [noise(16_000 * 65), sine(440, 16_000, 16_000 * 40), noise(16_000 * 29, 7)];

let whisper: Whisper;
let expected: Awaited<ReturnType<Whisper["transcribe"]>>[];
beforeAll(async () => {
  writeFileSync(path, modelBytes(toyModel()));
  whisper = await Whisper.load(path, cpu);
  expected = [];
  for (const samples of recordings) expected.push(await whisper.transcribe(samples, options));
});
afterAll(async () => {
  await whisper.dispose();
  rmSync(folder, { recursive: true });
});

/** The error that a promise ends with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error,
  );
}

describe("several transcriptions at once", () => {
  test("give what they give one after the other", async () => {
    // Otherwise it would not show whose windows are whose.
    expect(new Set(expected.map(({ text }) => text)).size).toBe(recordings.length);
    expect(expected.map(({ segments }) => segments.length)).toEqual([3, 2, 1]);
    const results = await Promise.all(recordings.map((samples) => whisper.transcribe(samples, options)));
    expect(results).toEqual(expected);
  });

  test("take turns, window by window", async () => {
    const order: number[] = [];
    await Promise.all(
      recordings.map((samples, i) =>
        whisper.transcribe(samples, { ...options, onSegment: () => order.push(i) }),
      ),
    );
    expect(order.indexOf(1)).toBeLessThan(order.lastIndexOf(0));
  });

  test("stopping one leaves the others alone; its error carries what it had", async () => {
    const abort = new AbortController();
    const [stopped, second, third] = await Promise.allSettled([
      whisper.transcribe(recordings[0]!, {
        ...options,
        signal: abort.signal,
        onSegment: () => abort.abort(),
      }),
      whisper.transcribe(recordings[1]!, options),
      whisper.transcribe(recordings[2]!, options),
    ]);
    const error = (stopped as PromiseRejectedResult).reason;
    expect(error).toBeInstanceOf(TranscriptionAbortedError);
    expect(error.code).toBe("aborted");
    expect(error.partial.segments).toEqual(expected[0]!.segments.slice(0, 1));
    expect(error.partial.text).toBe(expected[0]!.segments[0]!.text);
    expect([second, third]).toEqual([
      { status: "fulfilled", value: expected[1] },
      { status: "fulfilled", value: expected[2] },
    ]);
  });
});

test.each([1, 159, 8000, 53_333, 500_001])(
  "a recording of %i samples: no time is behind its end",
  async (n) => {
    const { duration, segments, text } = await whisper.transcribe(noise(n), options);
    expect(duration).toBe(n / 16_000);
    for (const { start, end } of segments) {
      expect(start).toBeLessThan(duration);
      expect(end).toBeLessThanOrEqual(duration);
    }
    expect(text).toBe(segments.map((segment) => segment.text).join(""));
  },
);

describe("arguments of a wrong type", () => {
  test.each([
    [undefined, {}],
    [null, {}],
    [5, {}],
    [{}, {}],
    [new Float32Array(16_000), null],
    [new Float32Array(16_000), "fast"],
    [new Float32Array(16_000), { language: 5 }],
  ])("transcribe(%o, %o) is a typed error", async (input, given) => {
    await expect(whisper.transcribe(input as never, given as never)).rejects.toMatchObject({
      code: "option-invalid",
    });
  });
});

describe("stopped before there is anything", () => {
  const empty = { text: "", segments: [], duration: 0, task: "transcribe", language: "en", warnings: [] };

  test("before the start", async () => {
    const error = await errorOf(
      whisper.transcribe(recordings[2]!, { ...options, signal: AbortSignal.abort() }),
    );
    expect(error).toBeInstanceOf(TranscriptionAbortedError);
    expect((error as TranscriptionAbortedError).partial).toEqual(empty);
  });

  test("while the recording is read", async () => {
    const endless = new Readable({ read() {} });
    const error = await errorOf(whisper.transcribe(endless, { ...options, signal: AbortSignal.timeout(50) }));
    expect(error).toBeInstanceOf(TranscriptionAbortedError);
    expect((error as TranscriptionAbortedError).partial).toEqual(empty);
    expect(endless.destroyed).toBe(true);
  });
});

describe("what a callback throws", () => {
  test.each(["onSegment", "onProgress"] as const)(
    "%s: ends that transcription and is thrown unchanged",
    async (name) => {
      const own = new Error("the caller's own");
      const throwing = {
        ...options,
        [name]: () => {
          throw own;
        },
      };
      const [broken, other] = await Promise.allSettled([
        whisper.transcribe(recordings[0]!, throwing),
        whisper.transcribe(recordings[2]!, options),
      ]);
      expect((broken as PromiseRejectedResult).reason).toBe(own);
      expect(other).toEqual({ status: "fulfilled", value: expected[2] });
    },
  );
});

describe("dispose()", () => {
  test("during transcriptions: all end with a typed error, with what they had", async () => {
    const own = await Whisper.load(path, cpu);
    let disposed: Promise<void> | undefined;
    const running = [0, 1, 0].map((i) =>
      errorOf(
        own.transcribe(recordings[i]!, {
          ...options,
          onSegment: () => {
            disposed ??= own.dispose();
          },
        }),
      ),
    );
    const errors = (await Promise.all(running)) as WhisperVulkanError[];
    await disposed;
    expect(errors.map(({ code }) => code)).toEqual(["disposed", "disposed", "disposed"]);
    const partials = errors.map(({ cause }) => (cause as TranscriptionAbortedError).partial);
    expect(partials.map(({ segments }) => segments.length).toSorted()).toEqual([0, 0, 1]);
  });

  test("after the last window: that transcription still gives its result", async () => {
    const own = await Whisper.load(path, cpu);
    const result = own.transcribe(recordings[2]!, { ...options, onSegment: () => void own.dispose() });
    expect(await result).toEqual(expected[2]);
  });

  test("twice, and then nothing works any more", async () => {
    const own = await Whisper.load(path, cpu);
    await Promise.all([own.dispose(), own.dispose()]);
    await own[Symbol.asyncDispose]();
    const error = await errorOf(own.transcribe(recordings[2]!, options));
    expect(error).toBeInstanceOf(WhisperVulkanError);
    expect(error).toMatchObject({ code: "disposed", hint: "Load the model again" });
  });

  test("by await using", async () => {
    let kept: Whisper;
    {
      await using own = await Whisper.load(path, cpu);
      kept = own;
      expect(own.device.kind).toBe("cpu");
    }
    await expect(kept.transcribe(recordings[2]!)).rejects.toMatchObject({ code: "disposed" });
  });
});

test("an asynchronous onSegment that fails ends the transcription", async () => {
  const failing = whisper.transcribe(recordings[0]!, {
    ...options,
    onSegment: async () => {
      throw new Error("mine");
    },
  });
  await expect(failing).rejects.toThrow("mine");
});

test("a model that is loaded and left alone keeps no process alive", async () => {
  const script = `
    const { Whisper } = await import(${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)});
    await Whisper.load(${JSON.stringify(path)}, { device: "cpu", threads: 2 });
    console.log("loaded");`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect([stdout, stderr, status]).toEqual(["loaded\n", "", 0]);
});

describe("a GPU that refuses its memory", () => {
  /** The CPU in the place of a GPU, with allocate() replaced. */
  async function gpu(code: "memory-refused" | "vulkan-call-failed") {
    const backend = await openCpu({ threads: 1 });
    const dispose = vi.spyOn(backend, "dispose");
    vi.spyOn(backend, "describe").mockReturnValue({ kind: "vulkan", device: "Small GPU", details: "" });
    vi.spyOn(backend, "allocate").mockRejectedValue(
      new WhisperVulkanError(code, "Small GPU: 100 MB refused"),
    );
    vi.mocked(openVulkan).mockResolvedValueOnce(backend as Awaited<ReturnType<typeof openVulkan>>);
    return dispose;
  }

  test("is replaced by the CPU with the same text, and a note says why", async () => {
    const dispose = await gpu("memory-refused");
    const onNote = vi.fn();
    await using own = await Whisper.load(path, { device: "auto", threads: 2, onNote });
    expect(own.device.kind).toBe("cpu");
    expect(onNote.mock.calls).toEqual([
      ["Small GPU: 100 MB refused; the built-in CPU backend does the work"],
    ]);
    expect(dispose).toHaveBeenCalledOnce();
    expect(await own.transcribe(recordings[2]!, options)).toEqual(expected[2]);
  });

  test("does so too where it is full already when it is opened", async () => {
    vi.mocked(openVulkan).mockRejectedValueOnce(
      new WhisperVulkanError("memory-refused", "vkCreateDevice failed"),
    );
    const onNote = vi.fn();
    await using own = await Whisper.load(path, { device: "auto", threads: 2, onNote });
    expect(own.device.kind).toBe("cpu");
    expect(onNote.mock.calls).toEqual([["vkCreateDevice failed; the built-in CPU backend does the work"]]);
  });

  test("any other failure is thrown", async () => {
    const dispose = await gpu("vulkan-call-failed");
    await expect(Whisper.load(path, { device: "auto" })).rejects.toMatchObject({
      code: "vulkan-call-failed",
    });
    expect(dispose).toHaveBeenCalledOnce();
  });
});

test("a model that cannot be a Whisper is refused before a device is opened", async () => {
  const other = join(folder, "other.bin");
  writeFileSync(other, modelBytes(toyModel({ ...toyDimensions, nVocab: 51_000 })));
  await expect(Whisper.load(other, cpu)).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringContaining("51000 tokens"),
  });
});
