import { expect, test } from "vitest";
import { didYouMean, nearestNames } from "./nearest-names.js";

const options = ["task", "language", "seed", "logprob-threshold", "noSpeech"];

test.each([
  ["lang", ["language"]],
  ["LANGAUGE", ["language"]],
  ["nospeach", ["noSpeech"]],
  ["taks", ["task"]],
  ["json", []],
  ["l", []],
  ["", []],
  ["x".repeat(1_000_000), []],
])("near %.20s are %j", (name, near) => expect(nearestNames(name, options)).toEqual(near));

test("at most three are named, the nearest first, and those that begin with it win", () => {
  expect(nearestNames("base", ["case", "base.en", "base-old", "bases", "base2"])).toEqual([
    "base.en",
    "base-old",
    "bases",
  ]);
  expect(nearestNames("tinny", ["tin", "tiny", "tinny-", "tingy"])).toEqual(["tinny-"]);
  expect(nearestNames("medlum", ["medlmu", "medium", "meddlumm", "medal"])).toEqual([
    "medlmu",
    "medium",
    "meddlumm",
  ]);
});

test("the question names one, two or three", () => {
  expect(didYouMean([])).toBe("");
  expect(didYouMean(["a"])).toBe("Did you mean a?");
  expect(didYouMean(["a", "b", "c"])).toBe("Did you mean a, b or c?");
});
