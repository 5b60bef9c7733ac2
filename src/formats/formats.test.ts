import { describe, expect, it } from "vitest";
import { formatList, formatNamed, formatNames, formatOfPath, formats, oneLine, timestamp } from "./index.js";
import { nasty, nothing, result } from "./testing/results.js";

/** Rules for every format, a new one too. Each format's own test checks its content. */
describe.each(formatList)("the format $name", (format) => {
  it("has a name and an ending that no other has", () => {
    expect(format.name).toMatch(/^[a-z0-9]+$/);
    expect(format.extension).toMatch(/^[a-z0-9]+(\.[a-z0-9]+)*$/);
    expect(formatList.filter(({ name }) => name === format.name)).toEqual([format]);
    expect(formatList.filter(({ extension }) => extension === format.extension)).toEqual([format]);
  });

  it("is found by its name and by its ending, and is in the library", () => {
    expect(formatNamed(format.name)).toBe(format);
    for (const path of [`a.${format.extension}`, `/a.b/c d.${format.extension.toUpperCase()}`])
      expect(formatOfPath(path)).toBe(format);
    expect(formats[format.name as keyof typeof formats](result)).toBe(format.write(result));
    expect(formatNames.split(", ")).toContain(format.name);
  });

  it.each([
    ["words", result],
    ["texts that break what doesn't look", nasty],
    ["nothing", nothing],
  ])("writes %s as whole lines of valid Unicode without control characters", (_what, given) => {
    const texts = [format.write(given), format.writeInto?.(given, 'a "file"\n.mp3')];
    for (const text of texts.filter((text) => text !== undefined)) {
      expect(text).toMatch(/^$|\n$/);
      expect(text.isWellFormed()).toBe(true);
      expect(text.replace(/[\n\t]/g, "")).not.toMatch(/\p{Cc}/u);
    }
  });
});

describe("formats", () => {
  it("are found by their exact name", () => {
    for (const name of ["docx", "SRT", "", "toString"])
      expect(() => formatNamed(name)).toThrow(
        expect.objectContaining({ code: "option-invalid", hint: expect.stringContaining(formatNames) }),
      );
  });

  it.each(["a", "a.docx", "srt", "a.srt.bak", "a.srt/b"])("have no ending such as that of %s", (path) =>
    expect(formatOfPath(path)).toBeNull(),
  );
});

it.each([
  ["  two\r\n\r\nlines ", "two lines"],
  ["a\tb\u2028c", "a b c"],
  ["\u001b[31mred\u0007", "[31mred"],
  ["\ud83d", "\ufffd"],
  [" \n ", ""],
])("%j is %j on one line", (text, line) => expect(oneLine(text)).toBe(line));

it.each([
  [999.5, "00:01.000", "00:00:01,000"],
  [0.4, "00:00.000", "00:00:00,000"],
  [59_999.9, "01:00.000", "00:01:00,000"],
  [86_400_500, "24:00:00.500", "24:00:00,500"],
  [360_000_000, "100:00:00.000", "100:00:00,000"],
])("a time of %d ms", (ms, short, long) => {
  expect(timestamp(ms, { separator: ".", alwaysHours: false })).toBe(short);
  expect(timestamp(ms, { separator: ",", alwaysHours: true })).toBe(long);
});
