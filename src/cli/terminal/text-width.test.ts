import { expect, it } from "vitest";
import { cutToWidth, textWidth } from "./text-width.js";

it.each([
  ["talk.mp3", 8],
  ["会議.mp3", 8],
  ["한글", 4],
  ["e\u0301te\u0301", 3],
  ["👍🏽", 4],
  ["❤\ufe0f", 2],
  ["ｆｕｌｌ", 8],
  ["\u200b", 0],
])("%j takes %d columns", (text, columns) => expect(textWidth(text)).toBe(columns));

it.each([
  ["talk.mp3", 8, "talk.mp3"],
  ["a-long-name-of-a-talk.mp3", 11, "a-lon…k.mp3"],
  ["会議の録音です.mp3", 9, "会議….mp3"],
  ["ab", 1, "…"],
  ["ab", 0, ""],
  ["abcdefe\u0301", 4, "ab…e\u0301"],
])("%j in %d columns is %j", (text, columns, cut) => {
  expect(cutToWidth(text, columns)).toBe(cut);
  expect(textWidth(cut)).toBeLessThanOrEqual(columns);
});
