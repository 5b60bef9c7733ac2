import { expect, it } from "vitest";
import { nothing, result } from "./testing/results.js";
import { txt } from "./txt.js";

it("txt: a segment a line; several recordings follow each other", () => {
  expect(txt.write(result)).toBe("Good morning.\na --> b c\nThe end.\n");
  expect(txt.writeInto(result)).toBe(txt.write(result));
  expect(txt.write(nothing)).toBe("");
});
