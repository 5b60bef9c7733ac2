import { expect, test } from "vitest";
import { checkOptions, text } from "./check-options.js";
import { checkDevice } from "./engine/open-backend.js";
import { planMemory } from "./engine/plan-memory.js";
import { Whisper } from "./engine/whisper.js";
import { pull, removeModel } from "./model/index.js";
import { shown } from "./shown.js";
import { settingsOf } from "./whisper/index.js";

test("a misspelt option is an error that suggests the right name", async () => {
  const slip = (name: string, nearest: string) => ({
    code: "option-invalid",
    message: `There is no option "${name}".`,
    hint: `Did you mean "${nearest}"?`,
  });
  expect(() => settingsOf({ langauge: "de" } as object)).toThrow(
    expect.objectContaining(slip("langauge", "language")),
  );
  await expect(Whisper.load("base", { proces: "own" } as object)).rejects.toMatchObject(
    slip("proces", "process"),
  );
  await expect(planMemory("base", { simulated: "adreno" } as object)).rejects.toMatchObject(
    slip("simulated", "simulate"),
  );
});

test("undefined counts as not given, and inherited properties are not options", () => {
  const options: { known?: string | undefined } = {};
  const types = { known: text };
  expect(() =>
    checkOptions({ ...options, known: undefined, unknown: undefined } as object, types),
  ).not.toThrow();
  expect(() => checkOptions({ ...options, toString: 1 } as object, types)).toThrow(
    'There is no option "toString".',
  );
});

/** Every option, with values that plain JavaScript may give by mistake. */
const wrongTypes: [what: string, call: (options: object) => unknown, wrong: Record<string, unknown[]>][] = [
  [
    "Whisper.load",
    (options) => Whisper.load("base", options),
    {
      device: [true, "", -1, 0.5, {}, null],
      threads: ["4", 0, 65, 1.5, Number.NaN, null],
      simulate: [5, {}, null],
      vramLimitBytes: ["2GiB", -1, Number.NaN, null],
      onNote: ["print", {}, null],
      process: ["other", true, null],
      releaseAfterMs: ["1000", -1, Number.NaN, null],
      signal: [{}, "abort", new AbortController(), null],
      onProgress: [console, null],
    },
  ],
  [
    "planMemory",
    (options) => planMemory("base", options),
    {
      device: [true, null],
      simulate: [5, null],
      free: [5, { 0: "64MiB" }, { 0: -1 }, null],
      batch: ["2", 0, 1.5, 1025, null],
      vramLimitBytes: ["2GiB", -1, null],
    },
  ],
  ["pull", (options) => pull("base", options), { signal: [{}, null], onProgress: ["bar", null] }],
  [
    "transcribe",
    async (options) => settingsOf(options),
    {
      language: [5, null, ["en"]],
      task: ["summarise", 5, null],
      prompt: [5, null],
      temperature: ["0", [], [0, "0.2"], 2, null],
      timestamps: ["yes", 1, null],
      conditionOnPreviousText: [0, null],
      noSpeechThreshold: ["0.6", Number.NaN],
      logprobThreshold: ["-1"],
      compressionRatioThreshold: [true],
      suppressTokens: ["-1", [1.5], [-2], [undefined], null],
      seed: ["5", -1, 0.5, 5n, null],
      signal: [{}, { aborted: false }, null],
      onSegment: ["x", null],
      onProgress: [5, null],
    },
  ],
];
test.each(wrongTypes)("%s: a wrong type is an error that names the option", async (_, call, wrong) => {
  for (const [name, values] of Object.entries(wrong))
    for (const value of values) {
      const message = expect.stringMatching(new RegExp(`^The option ${name} cannot be .{1,202}\\.$`));
      await expect(call({ [name]: value }), `${name}: ${String(value)}`).rejects.toMatchObject({
        ...{ code: "option-invalid", message, hint: expect.stringMatching(/^Give .*\.$/) },
      });
    }
  for (const options of [null, 5, "fast", [], () => {}])
    await expect(call(options as never)).rejects.toMatchObject({
      code: "option-invalid",
      message: expect.stringMatching(/^The options cannot be /),
    });
});

test.each([{ threads: 65 }, { vramLimitBytes: -1 }, { device: true }])(
  "checkDevice() refuses %j before any work",
  async (options) => {
    await expect(checkDevice(options as never)).rejects.toMatchObject({
      code: "option-invalid",
      message: expect.stringContaining(Object.keys(options)[0]!),
    });
  },
);

test("what was given is cut at 200 characters, in one line", () => {
  expect(shown("two\nlines")).toBe('"two\\nlines"');
  expect(shown("x".repeat(1000))).toBe(`"${"x".repeat(199)}…"`);
  expect(shown("x".repeat(200))).toBe(`"${"x".repeat(200)}"`);
  expect(shown("\0".repeat(1000))).toHaveLength(202);
  expect(shown(new Float32Array(1e6)).length).toBeLessThanOrEqual(200);
  expect(shown({ deep: { deeper: 1 }, text: "x".repeat(1000) }).length).toBeLessThanOrEqual(200);
  for (const odd of [Object.create(null), Symbol("odd"), 5n, new Proxy({}, {}), [["a\n"]], undefined])
    expect(shown(odd)).toMatch(/^.{1,200}$/);
});

test.each(["x".repeat(5000), `${"x".repeat(5000)}.bin`, "a\0b.bin", "two\nlines.bin"])(
  "of a model's name or path a message has at most 200 characters, in one line: %j",
  async (model) => {
    for (const call of [Whisper.load, planMemory])
      await expect(call(model)).rejects.toMatchObject({
        code: expect.stringMatching(/^(model-unknown|file-not-found|file-unreadable)$/),
        message: expect.stringMatching(/^[^\p{Cc}]{1,500}$/u),
      });
  },
);

test.each([undefined, null, 5, {}, new URL("file:///x.bin"), Symbol("x")])(
  "a model cannot be %o",
  async (model) => {
    const error = {
      code: "option-invalid",
      message: expect.stringMatching(/^A model cannot be .+\.$/),
      hint: 'Give a name such as "base", or the path of a ggml file.',
    };
    for (const call of [Whisper.load, planMemory, pull, removeModel])
      await expect(call(model as never)).rejects.toMatchObject(error);
  },
);
