import { expect, test } from "vitest";
import { nameForMessages } from "./names.js";

test("names are one short line without a password", () => {
  const cases: [string, string][] = [
    ["talk.mp3", "talk.mp3"],
    ["http://me:secret@host/a.mp3?x=1", "http://host/a.mp3?x=1"],
    ["https://me@host/a@b", "https://host/a@b"],
    ["http://me:p@ss@host/", "http://host/"],
    ["a@b.mp3", "a@b.mp3"],
    ["two\nlines\x1b[31m", "two?lines?[31m"],
    ["data:audio/wav;base64,UklGRg==", "data:audio/wav;base64,..."],
    [`data:${"x".repeat(1e6)}`, `data:${"x".repeat(192)}...`],
  ];
  for (const [name, expected] of cases) expect(nameForMessages(name)).toBe(expected);
  expect(nameForMessages("a".repeat(200))).toBe("a".repeat(200));
  expect(nameForMessages("a".repeat(201))).toBe(`${"a".repeat(197)}...`);
});
