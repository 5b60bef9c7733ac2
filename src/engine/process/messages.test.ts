import { deserialize, serialize } from "node:v8";
import { describe, expect, test } from "vitest";
import { WhisperVulkanError } from "../../errors.js";
import { catalogue } from "../../model/index.js";
import type { WindowJob } from "../../whisper/index.js";
import { endInWords } from "./engine-child.js";
import { errorData, errorFrom } from "./error-data.js";
import { limits, stepLimitMs } from "./limits.js";
import { packWindow, unpackWindow } from "./packed-window.js";

/** What arrives on the other side. */
function sent<T>(message: T): T {
  return deserialize(serialize(message));
}

describe("windows arrive bit for bit", () => {
  const settings = {} as WindowJob["settings"];
  const rest = { language: null, seek: 3000, suppressed: [1, 2], settings };

  test.each<[string, number[]]>([
    ["empty", []],
    ["all alike", [0, 0, 0]],
    ["ending in zeros", [1, 0, 2, 0, 0]],
    ["ending in silence", [1, 2, -0.5, -0.5]],
    ["all different", [1, 2, 3]],
    ["signed zeros", [0, -0, 0, -0, -0]],
    ["NaN at the end", [1, Number.NaN, Number.NaN]],
  ])("%s", (_, values) => {
    const mel = Float32Array.from(values);
    const job: WindowJob = { ...rest, mel, toDetectFrom: mel.slice().reverse(), history: [7] };
    expect(unpackWindow(sent(packWindow(job, 448)))).toEqual(job);
    expect(unpackWindow(sent(packWindow({ ...job, toDetectFrom: null }, 448)))).toEqual({
      ...job,
      toDetectFrom: null,
    });
  });

  test("what is behind a short recording is not sent, nor history that no model can use", () => {
    const mel = new Float32Array(3000 * 80).fill(1, 0, 100 * 80);
    const packed = packWindow({ ...rest, mel, toDetectFrom: null, history: Array(10_000).fill(3) }, 448);
    expect(serialize(packed).byteLength).toBeLessThan(100 * 80 * 4 + 10_000);
  });
});

describe("errors arrive", () => {
  test("with code, message, hint, cause as text, and whatever else they carry", () => {
    const cause = new Error("VK_ERROR_OUT_OF_DEVICE_MEMORY");
    const ledger = [{ rung: "DEVICE_LOCAL", sizeBytes: 100, outcome: "refused" }];
    const error = new WhisperVulkanError("memory-refused", "100 MB refused", {
      hint: "a smaller model",
      cause,
    });
    const arrived = errorFrom(sent(errorData(Object.assign(error, { ledger, toJSON: () => 1 }))));
    expect(arrived).toBeInstanceOf(WhisperVulkanError);
    expect(arrived).toMatchObject({ code: "memory-refused", hint: "a smaller model", ledger });
    expect(arrived.message).toBe("100 MB refused");
    expect(arrived.cause).toMatch(/VK_ERROR_OUT_OF_DEVICE_MEMORY\n +at /);
  });

  test("without hint and cause", () => {
    const arrived = errorFrom(sent(errorData(new WhisperVulkanError("aborted", "stopped"))));
    expect(arrived).toMatchObject({ code: "aborted", hint: null });
    expect("cause" in arrived).toBe(false);
  });

  test.each([
    [new RangeError("bad"), "RangeError: bad"],
    ["text", "text"],
    [undefined, "undefined"],
  ])("not thrown on purpose: %s", (thrown, message) => {
    expect(errorFrom(sent(errorData(thrown)))).toMatchObject({ code: "internal", message });
  });
});

test.each([
  [null, "SIGSEGV", "SIGSEGV"],
  [3, null, "code 3"],
  [0xc0000005, null, "code 0xc0000005"],
] as const)("how a process ended, in words: %s %s", (code, signal, words) => {
  expect(endInWords(code, signal)).toBe(words);
});

describe("how long a step may take", () => {
  test.each(catalogue)("$name: minutes at first, then by the longest one, never below the floor", (model) => {
    expect(stepLimitMs(null, model.dimensions)).toBeGreaterThanOrEqual(limits.loadingMs);
    expect(stepLimitMs(3, model.dimensions)).toBe(limits.stepFloorMs);
    expect(stepLimitMs(5000, model.dimensions)).toBe(5000 * limits.stepFactor);
  });
});
