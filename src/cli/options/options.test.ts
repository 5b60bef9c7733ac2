import { describe, expect, it } from "vitest";
import { settingsOf } from "../../whisper/index.js";
import { createProgram } from "../program.js";
import { foreignOptions, meaningOf, refuseForeignOption } from "./habits.js";
import { deviceOptions, optionFlags, type TranscribeFlags, transcribeOptions } from "./transcribe-options.js";

const transcribe = createProgram().commands.find((command) => command.name() === "transcribe")!;

/** What commander makes of a command line. */
function flagsOf(...args: string[]): TranscribeFlags {
  let flags: TranscribeFlags | null = null;
  const program = createProgram();
  program.commands[0]!.action((_recordings, given) => {
    flags = given;
  });
  program.parse(["talk.mp3", ...args], { from: "user" });
  return flags!;
}

describe("the library's options", () => {
  // a new one doesn't compile until it is in the table
  it.each(Object.entries(optionFlags).filter(([, flag]) => flag !== null))("%s is %s", (_name, flag) => {
    expect(transcribe.options.map(({ long }) => long)).toContain(flag);
  });

  it("have the library's defaults", () => {
    expect(settingsOf(transcribeOptions(flagsOf()))).toEqual(settingsOf({}));
  });

  it("arrive", () => {
    const args =
      "-l de -t translate --prompt Names --temperature 0.2,0.4 --no-timestamps --no-condition-on-previous-text " +
      "--no-speech-threshold 0.5 --logprob-threshold -0.75 --compression-ratio-threshold off --suppress-tokens -1,220 --seed 7";
    expect(transcribeOptions(flagsOf(...args.split(" ")))).toEqual({
      language: "de",
      task: "translate",
      prompt: "Names",
      temperature: [0.2, 0.4],
      timestamps: false,
      conditionOnPreviousText: false,
      noSpeechThreshold: 0.5,
      logprobThreshold: -0.75,
      compressionRatioThreshold: null,
      suppressTokens: [-1, 220],
      seed: 7,
    });
    expect(transcribeOptions(flagsOf("--suppress-tokens", "none"))).toMatchObject({ suppressTokens: [] });
  });

  it.each([
    [["--no-speech-threshold", "high"], "--no-speech-threshold"],
    [["--logprob-threshold", ""], "--logprob-threshold"],
    [["--seed", "1.5"], "--seed"],
    [["--suppress-tokens", "1,,2"], "--suppress-tokens"],
    [["-t", "8"], "--threads 8"],
  ])("%j is refused with its name", (args, name) => {
    const hinted = expect.objectContaining({ code: "option-invalid" });
    const given = () => transcribeOptions(flagsOf(...args));
    expect(given).toThrow(hinted);
    try {
      given();
    } catch (error) {
      const { message, hint } = error as { message: string; hint: string };
      expect(`${message} ${hint}`).toContain(name);
    }
  });
});

it.each(["cuda", "CUDA:1", "mps", "gpu"])("--device %s is an error that suggests auto", (device) => {
  expect(() => deviceOptions(flagsOf("-d", device))).toThrow(`--device ${device} is --device auto here`);
});

describe("options of other programs", () => {
  const own = new Set(transcribe.options.flatMap(({ short, long }) => [short, long]));

  it.each(foreignOptions)(
    "%s is not an option here, and its message names only existing options",
    (option) => {
      expect(own).not.toContain(option);
      for (const named of meaningOf(option)!.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [])
        expect(own).toContain(named);
    },
  );

  it.each([
    ["-osrt", "-osrt is -f srt here"],
    ["-nt", "-nt is --no-timestamps here"],
    ["-tr", "-tr is --task translate here"],
    ["-bs", "-bs is not supported yet"],
  ])("%s among the arguments is refused", (option, message) => {
    expect(() => refuseForeignOption(["talk.mp3", option])).toThrow(message);
    expect(() => refuseForeignOption(["--", option])).not.toThrow();
  });

  it.each([
    ["--beam_size", "--beam_size is not supported yet"],
    ["--output_dir=out", "--output_dir is --output FOLDER/ here"],
    ["--toString", null],
  ])("%s: %s", (option, meaning) => expect(meaningOf(option)).toBe(meaning));
});
