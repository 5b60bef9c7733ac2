import { expect, it } from "vitest";
import { srt } from "./srt.js";
import { nasty, nastyTexts, nothing, result, segment } from "./testing/results.js";

it("srt: numbers, hours, commas", () => {
  expect(srt.write(result)).toBe(
    "1\n00:00:00,000 --> 00:00:01,280\nGood morning.\n\n" +
      "2\n00:00:59,999 --> 00:01:01,020\na -> b c\n\n" +
      "3\n01:00:00,000 --> 01:02:05,500\nThe end.\n\n",
  );
  expect(srt.write(nothing)).toBe("");
});

it("srt: whatever the text, a number, times, one line without an arrow, and an empty line", () => {
  const written = srt.write(nasty);
  const nCues = nastyTexts.length - 2; // two of them have no words
  expect(written.match(/^\d+\n(\d\d:\d\d:\d\d,\d{3}) --> \d\d:\d\d:\d\d,\d{3}\n.+\n\n/gm)).toHaveLength(
    nCues,
  );
  expect(written.split("\n")).toHaveLength(4 * nCues + 1);
  expect(written.match(/-->/g)).toHaveLength(nCues);
  expect(written).toContain("\nTom & Jerry say <i love you> &lt; R&B ->\n");
  expect(written).toContain("\n-> far <!-- away ->\n");
});

it("srt: what has no length is shown for a millisecond, inside the recording", () => {
  const one = (start: number, end: number) =>
    srt.write({ ...nothing, segments: [segment(0, start, end, "x")] });
  expect(one(3, 3)).toContain("00:00:02,999 --> 00:00:03,000");
  expect(one(0, 0)).toContain("00:00:00,000 --> 00:00:00,001");
  expect(one(1.0001, 1.0004)).toContain("00:00:00,999 --> 00:00:01,000");
});
