import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expandInputs } from "./expand.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-inputs-"));
  const files =
    "b.mp3 a.WAV notes.txt .hidden.mp3 [x].mp3 deep/c.flac deep/deeper/d.m4a deep/e.mp3 .secret/f.mp3 empty/readme.md";
  for (const file of files.split(" ")) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  symlinkSync(folder, join(folder, "deep/circle"));
  symlinkSync(join(folder, "b.mp3"), join(folder, "deep/link.mp3"));
  symlinkSync(join(folder, "nothing"), join(folder, "deep/broken.mp3"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shown = (path: string) => relative(folder, path).replaceAll(sep, "/");
const expand = async (...args: string[]) => {
  const { recordings, any, errors } = await expandInputs(args.map((arg) => join(folder, arg)));
  return {
    any,
    inputs: recordings.map(({ input }) => shown(input)),
    relative: recordings.map(({ relativePath }) => relativePath.replaceAll(sep, "/")),
    errors: errors.map(({ code }) => code),
  };
};

describe("a folder", () => {
  it("is its recordings and those below, sorted, without hidden ones, and no circle is followed", async () => {
    const inputs = [
      "[x].mp3",
      "a.WAV",
      "b.mp3",
      "deep/c.flac",
      "deep/deeper/d.m4a",
      "deep/e.mp3",
      "deep/link.mp3",
    ];
    expect(await expand(".")).toEqual({ any: true, inputs, relative: inputs, errors: [] });
  });

  it("is mirrored by the paths within it", async () => {
    expect((await expand("deep")).relative).toEqual(["c.flac", "deeper/d.m4a", "e.mp3", "link.mp3"]);
  });

  it("without recordings is an error, and the others go on", async () => {
    expect(await expand("empty", "b.mp3")).toMatchObject({ inputs: ["b.mp3"], errors: ["file-not-found"] });
  });
});

describe("a pattern", () => {
  it.each([
    ["*.mp3", ["[x].mp3", "b.mp3"]],
    ["**/*.mp3", ["[x].mp3", "b.mp3", "deep/e.mp3", "deep/link.mp3"]],
    ["deep/**", ["deep/c.flac", "deep/deeper/d.m4a", "deep/e.mp3", "deep/link.mp3"]],
    ["**/?.{flac,m4a}", ["deep/c.flac", "deep/deeper/d.m4a"]],
    ["d*/[c-d].flac", ["deep/c.flac"]],
    ["d*/[!c].mp3", ["deep/e.mp3"]],
    ["[[]x].*", ["[x].mp3"]],
    ["{b,notes}.*", ["b.mp3", "notes.txt"]],
    ["./b.mp[0-9]", ["b.mp3"]],
    [".*.mp3", [".hidden.mp3"]],
    ["[x].mp3", ["[x].mp3"]],
  ])("%s is %j", async (pattern, inputs) => {
    expect(await expand(pattern)).toMatchObject({ inputs, errors: [] });
  });

  it.each(["*.ogg", "nowhere/*.mp3", "b.mp3/*"])("%s of nothing is an error", async (pattern) => {
    expect(await expand(pattern)).toMatchObject({ inputs: [], errors: ["file-not-found"] });
  });

  it("that cannot be read is wrong usage", async () => {
    await expect(expand("[z-a].mp3")).rejects.toMatchObject({ code: "option-invalid" });
  });

  it("is mirrored by the paths after its first wild part", async () => {
    expect((await expand("deep/*/*.m4a")).relative).toEqual(["deeper/d.m4a"]);
  });
});

describe("recordings", () => {
  it("that are named directly are taken as they are, whether or not they exist", async () => {
    expect(await expand("notes.txt", "gone.mp3")).toEqual({
      any: false,
      inputs: ["notes.txt", "gone.mp3"],
      relative: ["notes.txt", "gone.mp3"],
      errors: [],
    });
  });

  it("found twice are taken once; standard input twice is an error", async () => {
    expect((await expand("b.mp3", "*.mp3", "b.mp3")).inputs).toEqual(["b.mp3", "[x].mp3"]);
    await expect(expandInputs(["-", "-"])).rejects.toMatchObject({ code: "option-invalid" });
  });

  it("by address keep it; their name is that of the path", async () => {
    const { recordings, any } = await expandInputs(["https://example.org/a%20b.mp3?x=*", "-"]);
    expect(recordings.map(({ name }) => name)).toEqual(["https://example.org/a%20b.mp3?x=*", "-"]);
    expect(recordings.map(({ relativePath }) => relativePath)).toEqual(["a%20b.mp3", "stdin"]);
    expect(any).toBe(false);
  });

  it("by address are not named with its password", async () => {
    const { recordings } = await expandInputs(["https://me:secret@example.org/a.mp3"]);
    expect(recordings).toEqual([
      {
        input: "https://me:secret@example.org/a.mp3",
        name: "https://example.org/a.mp3",
        relativePath: "a.mp3",
      },
    ]);
  });
});
