import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { int16, noise, sine, wav } from "../../audio/cases.js";
import { WhisperVulkanError } from "../../errors.js";
import { modelBytes } from "../../model/testing/small-model.js";
import {
  type Segment,
  type TranscribeOptions,
  TranscriptionAbortedError as TranscriptionAborted,
  type TranscriptionAbortedError,
  type TranscriptionResult,
} from "../../whisper/index.js";
import { toyDimensions, toyModel } from "../testing/toy-model.js";
import { type LoadOptions, Whisper } from "../whisper.js";
import { limits } from "./limits.js";
import { atEncoding, builtChild, oddChild, pretendGpu } from "./testing/odd-child.js";

const entry = vi.hoisted(() => ({ childEntry: new URL("file:///") }));
vi.mock("./entry.js", () => ({
  get childEntry() {
    return entry.childEntry;
  },
}));
vi.mock("node:child_process", { spy: true });

const folder = mkdtempSync(join(tmpdir(), "own-process-test-"));
const path = join(folder, "toy.bin");
const cpu = { device: "cpu", threads: 2 } as const;
const own = { ...cpu, process: "own" } as const;
/** One attempt a window, nothing dropped as silence: what the toy says would fail every check. */
const options: TranscribeOptions = { language: "en", temperature: 0, noSpeechThreshold: null };
/** Three windows, two, one. */
const recordings = [noise(16_000 * 65), sine(440, 16_000, 16_000 * 40), noise(16_000 * 29, 7)];

let expected: TranscriptionResult[];
let shared: Whisper;
let local: Whisper;
beforeAll(async () => {
  writeFileSync(path, modelBytes(toyModel()));
  entry.childEntry = builtChild;
  local = await Whisper.load(path, cpu);
  shared = await Whisper.load(path, own);
  expected = [];
  for (const samples of recordings) expected.push(await local.transcribe(samples, options));
});
afterAll(async () => {
  await local.dispose();
  await shared.dispose();
  rmSync(folder, { recursive: true });
});
const usual = { ...limits };
beforeEach(() => {
  entry.childEntry = builtChild;
  vi.mocked(fork).mockClear();
});
afterEach(() => void Object.assign(limits, usual));

/** The processes that this test started. */
function children(): ChildProcess[] {
  return vi.mocked(fork).mock.results.map(({ value }) => value);
}

function kill(signal: NodeJS.Signals = "SIGKILL"): void {
  children().at(-1)!.kill(signal);
}

function isThere({ pid }: ChildProcess): boolean {
  try {
    return process.kill(pid!, 0);
  } catch {
    return false;
  }
}

async function errorOf(promise: Promise<unknown>): Promise<WhisperVulkanError> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error as WhisperVulkanError,
  );
}

/** Loads a Whisper whose notes are kept. */
async function loadOwn(loading: LoadOptions = {}) {
  const notes: string[] = [];
  const whisper = await Whisper.load(path, { ...own, onNote: (note) => notes.push(note), ...loading });
  return { whisper, notes };
}

/** Transcribes and checks that text, segments and what was delivered are what they are in this process. */
async function expectTheSame(
  whisper: Whisper,
  nth: number,
  onSegment: (segment: Segment) => void = () => {},
) {
  const delivered: Segment[] = [];
  const result = await whisper.transcribe(recordings[nth]!, {
    ...options,
    onSegment: (segment) => {
      delivered.push(segment);
      onSegment(segment);
    },
  });
  expect(result).toEqual(expected[nth]);
  expect(delivered).toEqual(expected[nth]!.segments);
}

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
    expect(here.results).toEqual(expected);
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
    expect(error.partial.segments).toEqual(expected[0]!.segments.slice(0, 1));
    expect([second, third]).toEqual([
      { status: "fulfilled", value: expected[1] },
      { status: "fulfilled", value: expected[2] },
    ]);
  });

  test("stopping within a window, and before the start", async () => {
    const soon = errorOf(shared.transcribe(recordings[0]!, { ...options, signal: AbortSignal.timeout(150) }));
    expect(await soon).toBeInstanceOf(TranscriptionAborted);
    const before = shared.transcribe(recordings[0]!, { ...options, signal: AbortSignal.abort() });
    expect(await errorOf(before)).toBeInstanceOf(TranscriptionAborted);
    await expectTheSame(shared, 2);
  });

  test("what onSegment throws comes out as it is", async () => {
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
    const stopped = Whisper.load(path, { ...own, signal: AbortSignal.timeout(80) });
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

test("a process that is neither the same nor its own is refused", async () => {
  const wrong = Whisper.load(path, { ...cpu, process: "other" as "own" });
  expect(await errorOf(wrong)).toMatchObject({ code: "option-invalid" });
});

test("where no process can be started, that is what the error says; later it is tried again", async () => {
  const failing = Object.assign(new Error("spawn EAGAIN"), { code: "EAGAIN" });
  const refuse = () => {
    throw failing;
  };
  vi.mocked(fork).mockImplementationOnce(refuse);
  const error = await errorOf(Whisper.load(path, own));
  expect(error).toMatchObject({ code: "process-failed", cause: failing });
  expect(error.message).toContain("EAGAIN");

  const { whisper, notes } = await loadOwn();
  kill();
  await vi.waitFor(() => expect(notes).toHaveLength(1), 10_000);
  vi.mocked(fork).mockImplementationOnce(refuse);
  expect(await errorOf(whisper.transcribe(recordings[2]!, options))).toMatchObject({
    code: "process-failed",
  });
  await expectTheSame(whisper, 2);
  await whisper.dispose();
});

test("in Electron, the process is told to be Node", async () => {
  Object.defineProperty(process.versions, "electron", { value: "40.0.0", configurable: true });
  try {
    const { whisper } = await loadOwn();
    await whisper.dispose();
    expect(vi.mocked(fork).mock.lastCall).toMatchObject([
      builtChild,
      [],
      { env: { ELECTRON_RUN_AS_NODE: "1" } },
    ]);
  } finally {
    Reflect.deleteProperty(process.versions, "electron");
  }
});

test.each(["SIGINT", "SIGTERM"] as const)("%s is for the parent", async (signal) => {
  const { whisper, notes } = await loadOwn();
  kill(signal);
  await expectTheSame(whisper, 2);
  expect(notes).toEqual([]);
  await whisper.dispose();
});

describe("a process that is lost", () => {
  test.each(["SIGKILL", "SIGSEGV"] as const)(
    "by %s, with several transcriptions under way: a new process goes on",
    async (signal) => {
      const { whisper, notes } = await loadOwn();
      let killed = false;
      await Promise.all([
        expectTheSame(whisper, 0, () => {
          if (!killed) kill(signal);
          killed = true;
        }),
        expectTheSame(whisper, 1),
      ]);
      expect(notes).toEqual([`the engine's process ended (${signal}); a new process goes on where it was`]);
      expect(children()).toHaveLength(2);
      await whisper.dispose();
      expect(children().filter(isThere)).toEqual([]);
    },
  );

  test("while idle: the next transcription finds a new one", async () => {
    const { whisper, notes } = await loadOwn();
    kill();
    await vi.waitFor(() => expect(notes).toHaveLength(1), 10_000);
    await expectTheSame(whisper, 2);
    await whisper.dispose();
  });

  test("the third time, the CPU takes over", async () => {
    entry.childEntry = oddChild(folder, "gpu", pretendGpu);
    const { whisper, notes } = await loadOwn({ device: "auto" });
    expect(whisper.device.device).toBe("Pretended GPU");
    await expectTheSame(whisper, 0, () => kill());
    await expectTheSame(whisper, 2);
    expect(whisper.device).toEqual(local.device);
    expect(notes).toEqual([
      "the engine's process ended (SIGKILL); a new process goes on where it was",
      "the engine's process ended (SIGKILL); a new process goes on where it was",
      "the engine's process ended (SIGKILL), the third time; the built-in CPU backend does the work from now on",
    ]);
    await whisper.dispose();
  });

  test("by a driver that always aborts in the same window: the CPU does that window", async () => {
    const aborts = atEncoding(1, "if (this.onGpu) process.abort();");
    entry.childEntry = oddChild(folder, "aborts", pretendGpu + aborts);
    const { whisper, notes } = await loadOwn({ device: "auto" });
    await expectTheSame(whisper, 1);
    expect(notes).toHaveLength(3);
    expect(notes[2]).toMatch(/SIGABRT.*CPU/);
    await whisper.dispose();
  });

  test("the third time on the CPU too: a typed error; later it works again", async () => {
    entry.childEntry = oddChild(folder, "dies", atEncoding(1, 'process.kill(process.pid, "SIGKILL");'));
    const { whisper, notes } = await loadOwn();
    const error = await errorOf(whisper.transcribe(recordings[2]!, options));
    expect(error).toMatchObject({ code: "process-failed", hint: expect.stringContaining("memory") });
    expect(error.message).toContain("SIGKILL");
    expect(notes).toHaveLength(2);
    entry.childEntry = builtChild;
    await expectTheSame(whisper, 2);
    await whisper.dispose();
  });

  test("by a device that is lost, once", async () => {
    const lost = 'if (once()) throw new WhisperVulkanError("device-lost", "the GPU stopped working");';
    entry.childEntry = oddChild(folder, "lost", atEncoding(2, lost));
    const { whisper, notes } = await loadOwn();
    await expectTheSame(whisper, 0);
    expect(notes).toEqual(["the GPU stopped working; a new process goes on where it was"]);
    await whisper.dispose();
  });

  test("while it loads", async () => {
    entry.childEntry = oddChild(folder, "loading", 'if (once()) process.kill(process.pid, "SIGSEGV");');
    const { whisper, notes } = await loadOwn();
    expect(notes).toEqual(["the engine's process ended (SIGSEGV); a new process goes on where it was"]);
    await expectTheSame(whisper, 2);
    await whisper.dispose();
  });

  test("and onNote throws: that ends what was under way, nothing else", async () => {
    const thrown = new Error("the caller's own");
    const onNote = () => {
      throw thrown;
    };
    const { whisper } = await loadOwn({ onNote });
    const broken = whisper.transcribe(recordings[0]!, { ...options, onSegment: () => kill() });
    expect(await errorOf(broken)).toBe(thrown);
    await expectTheSame(whisper, 2);
    await whisper.dispose();
  });
});

describe("a process that hangs", () => {
  beforeEach(() => void Object.assign(limits, { stepFloorMs: 1500, stepFactor: 0, loadingMs: 20_000 }));

  test("altogether: it is killed and the text is right", async () => {
    const { whisper, notes } = await loadOwn();
    let stopped = false;
    await expectTheSame(whisper, 0, () => {
      if (!stopped) kill("SIGSTOP");
      stopped = true;
    });
    expect(notes[0]).toMatch(/gave no sign of life for \d+ s; a new process goes on/);
    await whisper.dispose();
    expect(children().filter(isThere)).toEqual([]);
  });

  test("in a step, while its event loop is alive", async () => {
    entry.childEntry = oddChild(folder, "hangs", atEncoding(2, "if (once()) await new Promise(() => {});"));
    const { whisper, notes } = await loadOwn();
    await expectTheSame(whisper, 0);
    expect(notes[0]).toMatch(/gave no sign of life/);
    await whisper.dispose();
  });

  test("does not hold up dispose()", async () => {
    limits.disposeMs = 300;
    const { whisper } = await loadOwn();
    const broken = errorOf(
      whisper.transcribe(recordings[0]!, {
        ...options,
        onSegment: () => {
          kill("SIGSTOP");
          void whisper.dispose();
        },
      }),
    );
    expect(await broken).toMatchObject({ code: "disposed" });
    await whisper.dispose();
    expect(children().filter(isThere)).toEqual([]);
  });
});

test.each([
  ["thrown", 'setTimeout(() => { throw new TypeError("a bug"); }); await new Promise(() => {});'],
  ["rejected", 'void Promise.reject(new TypeError("a bug")); await new Promise(() => {});'],
  ["thrown in a step", 'throw new TypeError("a bug");'],
])(
  "what nobody meant to throw (%s) comes over as a typed error; the next transcription works",
  async (how, code) => {
    entry.childEntry = oddChild(folder, `bug ${how}`, atEncoding(1, `if (once()) { ${code} }`));
    const { whisper, notes } = await loadOwn();
    const error = await errorOf(whisper.transcribe(recordings[2]!, options));
    expect(error).toBeInstanceOf(WhisperVulkanError);
    expect(error).toMatchObject({ code: "internal", message: "TypeError: a bug" });
    expect(error.cause).toContain("at "); // the stack
    await expectTheSame(whisper, 2);
    expect(notes).toEqual([]);
    await whisper.dispose();
  },
);

describe("a program that uses it", () => {
  /** Runs a program with the built package; answers what it printed, its process ids first. */
  async function run(name: string, body: string, childBody = "") {
    const script = join(folder, `${name}.mjs`);
    const child = childBody ? oddChild(folder, `${name} child`, childBody).href : builtChild.href;
    writeFileSync(
      script,
      `import childProcess from "node:child_process";
      import { syncBuiltinESMExports } from "node:module";
      import { writeFileSync } from "node:fs";
      const { fork } = childProcess;
      childProcess.fork = (entry, args, options) => {
        const child = fork(new URL(${JSON.stringify(child)}), args, options);
        writeFileSync(${JSON.stringify(`${script}.pid`)}, String(child.pid));
        return child;
      };
      syncBuiltinESMExports();
      const { Whisper } = await import(${JSON.stringify(new URL("../../index.js", builtChild).href)});
      const whisper = await Whisper.load(${JSON.stringify(path)}, ${JSON.stringify(own)});
      const samples = new Float32Array(16000 * 200).fill(0.1);
      const options = ${JSON.stringify(options)};
      ${body}`,
    );
    const { spawn } = await vi.importActual<typeof import("node:child_process")>("node:child_process");
    const program = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "pipe"] });
    const texts = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      program[stream].setEncoding("utf8").on("data", (text: string) => {
        texts[stream] += text;
      });
    // "exit", not "close": a child that stays would hold the pipes
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      program.once("exit", (code, signal) => resolve([code, signal])),
    );
    const pid = Number(readFileSync(`${script}.pid`, "utf8"));
    const gone = () => vi.waitFor(() => expect(isThere({ pid } as ChildProcess)).toBe(false), 10_000);
    return { ...texts, code, signal, gone };
  }

  test.each([
    ["ends by itself, without dispose()", "", [0, null]],
    [
      "exits during a transcription",
      "whisper.transcribe(samples, { ...options, onSegment: () => process.exit(3) });",
      [3, null],
    ],
    [
      "is killed",
      'whisper.transcribe(samples, { ...options, onSegment: () => process.kill(process.pid, "SIGKILL") });',
      [null, "SIGKILL"],
    ],
    [
      "crashes",
      "whisper.transcribe(samples, { ...options, onSegment: () => setTimeout(() => { throw 1; }) });",
      [1, null],
    ],
  ])("%s: no process is left behind", async (name, body, [code, signal]) => {
    const ended = await run(name, body);
    expect([ended.code, ended.signal]).toEqual([code, signal]);
    await ended.gone();
  });

  test("exits while the process hangs: that is ended too", async () => {
    const hangs = atEncoding(1, "while (true);");
    const ended = await run(
      "hang",
      "whisper.transcribe(samples, options); setTimeout(() => process.exit(4), 1500);",
      hangs,
    );
    expect(ended.code).toBe(4);
    await ended.gone();
  });

  test("finds nothing on its standard output that it did not print", async () => {
    const prints = atEncoding(1, 'console.log("from a driver");');
    const ended = await run(
      "prints",
      "console.log((await whisper.transcribe(samples.subarray(0, 16000), options)).duration);",
      prints,
    );
    expect(ended).toMatchObject({ code: 0, stdout: "1\n", stderr: expect.stringContaining("from a driver") });
    await ended.gone();
  });
});
