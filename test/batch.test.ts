import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { int16, sine, wav } from "../src/audio/cases.js";
import { formatList } from "../src/formats/index.js";
import { cli, writeModel } from "./command-line.js";

// Several recordings, and new or existing files for their results.

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-batch-"));
  writeModel(join(folder, "model.bin"));
  const put = (name: string, seconds: number) =>
    writeFileSync(join(folder, name), wav(int16(sine(440, 16000, seconds * 16000))));
  mkdirSync(join(folder, "rec/deep"), { recursive: true });
  put("rec/one.wav", 1);
  put("rec/deep/two.wav", 2);
  put("rec/.hidden.wav", 1);
  put("short.wav", 1 / 16000);
  writeFileSync(join(folder, "rec/notes.txt"), "no recording");
  writeFileSync(join(folder, "empty.wav"), "");
  writeFileSync(join(folder, "text.mp3"), "This is a text file under a wrong name.\n".repeat(100));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(join(folder, "out"), { recursive: true, force: true }));

/** The small model's text would trigger every fallback. */
const model = ["-m", "model.bin", "-l", "en", "--temperature", "0"];
const run = (...args: string[]) => cli([...model, ...args], { cwd: folder });
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const write = (name: string, text: string) => {
  mkdirSync(join(folder, "out"), { recursive: true });
  writeFileSync(join(folder, name), text);
};

describe("a format", () => {
  test.each(formatList)("$name is written by -o with its ending", async ({ name, extension }) => {
    const { status } = await run("-q", "rec/one.wav", "-o", `out-${name}.${extension}`);
    expect(status).toBe(0);
    const named = await run("-q", "rec/one.wav", "-f", name, "-o", "-");
    expect(read(`out-${name}.${extension}`)).toBe(named.stdout);
  });
});

describe("several recordings on standard output", () => {
  test("are JSON Lines, each with its name, whether one fails or not", async () => {
    const { status, stdout, stderr } = await run("-q", "rec", "text.mp3", "-f", "json", "-o", "-");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { file: join("rec", "deep", "two.wav"), task: "transcribe", duration: 2 },
      { file: join("rec", "one.wav"), task: "transcribe", duration: 1 },
    ]);
    expect(stderr).toMatch(/^whisper-vulkan: text\.mp3: [^\n]+\n$/);
    expect(status).toBe(1);
  });

  test("without a format have their names above them", async () => {
    const { stdout } = await run("-q", "--no-timestamps", "rec/one.wav", "rec/deep/two.wav");
    expect(stdout).toMatch(/^==> rec\/one\.wav <==\n.+\n\n==> rec\/deep\/two\.wav <==\n.+\n$/s);
    expect(stdout).not.toContain("-->");
  });

  test.each([
    [["rec", "-f", "srt", "-o", "-"], /hold the srt of only one recording/],
    [["rec/one.wav", "-f", "txt,json", "-o", "-"], /2 formats cannot be written to standard output together/],
    [["rec", "-f", "txt", "-o", "x.txt"], /2 results cannot be written to the one file/],
  ])("%j are refused before the work", async (args, line) => {
    const { status, stdout, stderr } = await run(...args);
    expect(stderr).toMatch(line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

describe("a folder", () => {
  test("is mirrored in the output folder, and so is a pattern", async () => {
    for (const input of ["rec", "rec/**/*.wav"]) {
      rmSync(join(folder, "out"), { recursive: true, force: true });
      expect((await run("-q", input, "-f", "txt", "-o", "out/")).status).toBe(0);
      expect(readdirSync(join(folder, "out"), { recursive: true }).sort()).toEqual(
        ["deep", join("deep", "two.txt"), "one.txt"].sort(),
      );
    }
  });
});

describe("all recordings are checked before the first is transcribed", () => {
  test("and what is wrong with each is said at once", async () => {
    const inputs = ["rec/one.wav", "gone.wav", "empty.wav", "text.mp3", "rec/deep/two.wav"];
    const { status, stdout, stderr } = await run(...inputs);
    const lines = stderr.trimEnd().split("\n");
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^whisper-vulkan: gone\.wav: no such file/),
      expect.stringMatching(/^whisper-vulkan: empty\.wav: is empty/),
      expect.stringMatching(/^whisper-vulkan: text\.mp3: /),
    ]);
    expect(lines[3]).toMatch(/^built-in CPU backend/);
    expect(lines.at(-1)).toMatch(/^2 of 2 recordings done in \d+\.\d s$/);
    expect(stdout).toContain("==> rec/one.wav <==");
    expect(status).toBe(1);
  });

  test("two that give the same result are refused, with both names", async () => {
    const { status, stderr } = await run("rec/one.wav", "out/../rec/deep/../../rec/one.mp3", "-f", "txt");
    expect(stderr).toMatch(/one\.txt would be overwritten\. .*rec\/one\.wav and of .*one\.mp3/);
    expect(status).toBe(2);
  });
});

describe("results that exist", () => {
  test("are not overwritten without a terminal", async () => {
    write("out/one.txt", "old");
    const { status, stderr } = await run("rec", "-f", "txt", "-o", "out/");
    expect(stderr).toMatch(
      /^whisper-vulkan: out\/one\.txt exists already\. .*--overwrite or --skip-existing.*\n$/,
    );
    expect(status).toBe(2);
    expect(read("out/one.txt")).toBe("old");
    expect(existsSync(join(folder, "out/deep"))).toBe(false);
  });

  test("are overwritten with --overwrite", async () => {
    write("out/one.txt", "old");
    expect((await run("-q", "rec/one.wav", "-o", "out/one.txt", "--overwrite")).status).toBe(0);
    expect(read("out/one.txt")).not.toBe("old");
  });

  test("are left alone with --skip-existing, and only what is missing is made", async () => {
    write("out/one.txt", "old");
    const { status, stderr } = await run("rec", "-f", "txt,json", "-o", "out/", "--skip-existing");
    expect(status).toBe(0);
    expect(stderr).toMatch(/2 of 2 recordings done/);
    expect(read("out/one.txt")).toBe("old");
    expect(JSON.parse(read("out/one.json"))).toMatchObject({ duration: 1 });
    const rest = await run("rec", "-f", "txt,json", "-o", "out/", "--skip-existing");
    expect(rest).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "2 of 2 recordings have their results already\n",
    });
  });

  test("of one recording are named with --skip-existing", async () => {
    write("out/one.txt", "old");
    const ended = await run("rec/one.wav", "-o", "out/one.txt", "--skip-existing");
    expect(ended).toMatchObject({ status: 0, stdout: "", stderr: "rec/one.wav has its results already\n" });
  });

  test("cannot be both skipped and overwritten", async () => {
    const { status, stderr } = await run("rec/one.wav", "-f", "txt", "--overwrite", "--skip-existing");
    expect(stderr).toContain("cannot be used together. Leave one of them out.");
    expect(status).toBe(2);
  });
});

describe("--name-language", () => {
  test("puts the language of the text into the name", async () => {
    expect((await run("-q", "rec/one.wav", "-f", "srt", "-o", "out/", "--name-language")).status).toBe(0);
    expect(readdirSync(join(folder, "out"))).toEqual(["one.en.srt"]);
    expect((await run("rec/one.wav", "-f", "srt", "-o", "out/", "--name-language")).status).toBe(2);
  });

  test("finds what exists in a language that is still to be detected", async () => {
    write("out/one.de.srt", "old");
    const args = [
      "rec/one.wav",
      "-m",
      "model.bin",
      "-f",
      "srt",
      "-o",
      "out/",
      "--name-language",
      "--skip-existing",
    ];
    expect(await cli(args, { cwd: folder })).toMatchObject({ status: 0, stdout: "" });
    expect(readdirSync(join(folder, "out"))).toEqual(["one.de.srt"]);
  });

  test.each([[["-o", "x.srt"]], [["-f", "srt", "-o", "-"]], [[]]])("is refused with %j", async (args) => {
    const { status, stderr } = await run("rec/one.wav", "--name-language", ...args);
    expect(stderr).toContain("--name-language");
    expect(status).toBe(2);
  });
});

test("the summary of a recording of one sample has no factor", async () => {
  const { status, stdout, stderr } = await run("short.wav");
  expect(stderr).toMatch(/^short\.wav: shorter than 0\.1 s, done in (\d+\.\d|less than 0\.1) s$/m);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
