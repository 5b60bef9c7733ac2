import { describe, expect, it } from "vitest";
import { formatList, formatNames } from "../../formats/index.js";
import { checkStream, outputPath, wanted } from "./destination.js";

const one = ["/nowhere/talk.mp3"];
const two = [...one, "/nowhere/other.mp3"];
const namesOf = async (...args: Parameters<typeof wanted>) =>
  (await wanted(...args)).formats.map(({ name }) => name);

describe("the format of a file", () => {
  it.each(formatList)("ending with .$extension is $name", async ({ name, extension }) => {
    expect(await namesOf({ output: `/nowhere/x.${extension}` }, one)).toEqual([name]);
    expect(await namesOf({ output: `/nowhere/x.${extension.toUpperCase()}`, format: name }, one)).toEqual([
      name,
    ]);
  });

  it.each(["x.docx", "x", "srt", "x.srt.old"])("%s without --format is an error", (output) =>
    expect(wanted({ output: `/nowhere/${output}` }, one)).rejects.toMatchObject({
      code: "option-invalid",
      hint: expect.stringContaining(formatNames),
    }),
  );

  it("is that of --format where the ending gives none", async () => {
    expect(await namesOf({ output: "/nowhere/x.docx", format: "vtt" }, one)).toEqual(["vtt"]);
  });

  it("is an error where the ending contradicts --format", () =>
    expect(wanted({ output: "/nowhere/x.srt", format: "json" }, one)).rejects.toMatchObject({
      code: "option-invalid",
      message: expect.stringMatching(/x\.srt has the ending of srt, but --format says json/),
    }));

  it("is txt where no file has an ending", async () => {
    for (const output of ["-", "/nowhere/out/", "/dev/null"])
      expect(await namesOf({ output }, one)).toEqual(["txt"]);
  });
});

describe("several results and one file", () => {
  it.each([
    [{ output: "/nowhere/x.srt" }, "To write into a folder, give --format srt --output /nowhere/x/"],
    [{ output: "/nowhere/x.srt", format: "srt" }, "To write into a folder, give --output /nowhere/x/"],
    [{ output: "/nowhere/x" }, "To write into a folder, give --output /nowhere/x/"],
  ])("%j: the hint names a folder", (flags, hint) =>
    expect(wanted(flags, two)).rejects.toMatchObject({ code: "option-invalid", hint }),
  );
});

describe("--format", () => {
  it("may name several, each once", async () => {
    expect(await namesOf({ format: " SRT,json,srt " }, two)).toEqual(["srt", "json"]);
  });

  it("given a recording says what is meant", () =>
    expect(wanted({ format: "talk.wav" }, one)).rejects.toMatchObject({
      hint: expect.stringContaining("a recording is given without an option"),
    }));
});

describe("standard output", () => {
  const check = async (format: string, inputs: readonly string[]) =>
    checkStream(await wanted({ format, output: "-" }, inputs), inputs.length > 1);

  it.each(formatList)(
    "takes $name of one recording, and of several where it can hold them",
    async (format) => {
      await expect(check(format.name, one)).resolves.toBeUndefined();
      const several = check(format.name, two);
      if (format.writeInto) await expect(several).resolves.toBeUndefined();
      else await expect(several).rejects.toMatchObject({ code: "option-invalid" });
    },
  );

  it("takes no two formats", () =>
    expect(check("txt,json", one)).rejects.toMatchObject({
      message: "2 formats cannot be written to standard output together",
    }));
});

describe("a result's path", () => {
  const srt = formatList.find(({ name }) => name === "srt")!;
  const found = { input: "rec/deep/talk.one.mp3", name: "", relativePath: "deep/talk.one.mp3" };

  it.each([
    [{ kind: "folder", path: "out" }, null, "out/deep/talk.one.srt"],
    [{ kind: "folder", path: null }, null, "rec/deep/talk.one.srt"],
    [{ kind: "folder", path: "out" }, "en", "out/deep/talk.one.en.srt"],
    [{ kind: "file", path: "x.srt" }, null, "x.srt"],
  ] as const)("in %j is %s %s", (destination, language, path) =>
    expect(outputPath(destination, found, srt, language).replaceAll("\\", "/")).toBe(path),
  );

  it("of what has no folder is in the current one", () => {
    const beside = { kind: "folder", path: null } as const;
    expect(outputPath(beside, { input: "-", name: "-", relativePath: "stdin" }, srt, null)).toBe("stdin.srt");
    const address = { input: "https://example.org/talk.mp3", name: "", relativePath: "talk.mp3" };
    expect(outputPath(beside, address, srt, null)).toBe("talk.srt");
  });
});
