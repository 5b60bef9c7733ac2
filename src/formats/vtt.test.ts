import { expect, it } from "vitest";
import { nasty, nastyTexts, nothing, result } from "./testing/results.js";
import { vtt } from "./vtt.js";

it("vtt: a header, points, hours where there are any", () => {
  expect(vtt.write(result)).toBe(
    "WEBVTT\n\n" +
      "00:00.000 --> 00:01.280\nGood morning.\n\n" +
      "00:59.999 --> 01:01.020\na --&gt; b c\n\n" +
      "01:00:00.000 --> 01:02:05.500\nThe end.\n\n",
  );
  expect(vtt.write(nothing)).toBe("WEBVTT\n\n");
});

it("vtt: whatever the text, a player reads the same", () => {
  const [header, ...blocks] = vtt.write(nasty).trimEnd().split("\n\n");
  expect(header).toBe("WEBVTT");
  const texts = blocks.map((block) => {
    const [times, text, ...more] = block.split("\n");
    expect(times).toMatch(/^\d\d:\d\d\.\d{3} --> \d\d:\d\d\.\d{3}$/);
    expect(more).toEqual([]);
    return text!;
  });
  expect(texts).toHaveLength(nastyTexts.length - 2); // two of them have no words
  for (const text of texts) expect(text.replace(/&(amp|lt|gt);/g, "")).not.toMatch(/[<>&]/);
  expect(texts[0]).toBe("Tom &amp; Jerry say &lt;i love you&gt; &amp;lt; R&amp;B --&gt;");
});
