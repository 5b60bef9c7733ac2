/**
 * Helpers for tests of the engine in its own process. Their files begin with
 *   vi.mock("./entry.js", () => import("./testing/chosen-entry.js"));
 *   vi.mock("node:child_process", { spy: true });
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { noise, sine } from "../../../audio/cases.js";
import type { WhisperVulkanError } from "../../../errors.js";
import { modelBytes } from "../../../model/testing/small-model.js";
import type { Segment, TranscribeOptions, TranscriptionResult } from "../../../whisper/index.js";
import { toyModel } from "../../testing/toy-model.js";
import { type LoadOptions, Whisper } from "../../whisper.js";
import { limits } from "../limits.js";
import { useChild } from "./chosen-entry.js";
import { builtChild } from "./odd-child.js";

export const folder = mkdtempSync(join(tmpdir(), "own-process-test-"));
/** The toy model's file. */
export const path = join(folder, "toy.bin");
export const cpu = { device: "cpu", threads: 2 } as const;
export const own = { ...cpu, process: "own" } as const;
/** One attempt per window, nothing dropped as silence: the toy model's text would fail every check. */
export const options: TranscribeOptions = { language: "en", temperature: 0, noSpeechThreshold: null };
/** Three windows, two, one. */
export const recordings = [noise(16_000 * 65), sine(440, 16_000, 16_000 * 40), noise(16_000 * 29, 7)];

/** The engine in this process, with which all others are compared. */
export let local: Whisper;
let results: Promise<TranscriptionResult>[] = [];
const usualLimits = { ...limits };

/** Before, between and after the tests of a file. */
export function setUp(): void {
  beforeAll(async () => {
    writeFileSync(path, modelBytes(toyModel()));
    local = await Whisper.load(path, cpu);
    results = [];
  });
  afterAll(async () => {
    await local.dispose();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    useChild(builtChild);
    vi.mocked(fork).mockClear();
  });
  afterEach(() => void Object.assign(limits, usualLimits));
}

/** The result of a recording in this process. */
export function expected(nth: number): Promise<TranscriptionResult> {
  results[nth] ??= local.transcribe(recordings[nth]!, options);
  return results[nth];
}

/** The processes that this test started. */
export function children(): ChildProcess[] {
  return vi.mocked(fork).mock.results.map(({ value }) => value);
}

export function kill(signal: NodeJS.Signals = "SIGKILL"): void {
  children().at(-1)!.kill(signal);
}

export function isThere({ pid }: Pick<ChildProcess, "pid">): boolean {
  try {
    return process.kill(pid!, 0);
  } catch {
    return false;
  }
}

export async function errorOf(promise: Promise<unknown>): Promise<WhisperVulkanError> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error as WhisperVulkanError,
  );
}

/** Loads a Whisper whose notes are kept. */
export async function loadOwn(loading: LoadOptions = {}) {
  const notes: string[] = [];
  const whisper = await Whisper.load(path, { ...own, onNote: (note) => notes.push(note), ...loading });
  return { whisper, notes };
}

/** Transcribes and checks that text, segments and callbacks are the same as in this process. */
export async function expectTheSame(
  whisper: Whisper,
  nth: number,
  onSegment: (segment: Segment) => void = () => {},
) {
  const wanted = await expected(nth);
  const delivered: Segment[] = [];
  const result = await whisper.transcribe(recordings[nth]!, {
    ...options,
    onSegment: (segment) => {
      delivered.push(segment);
      onSegment(segment);
    },
  });
  expect(result).toEqual(wanted);
  expect(delivered).toEqual(wanted.segments);
}
