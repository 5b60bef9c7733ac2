import { expect, it } from "vitest";
import { hasColours } from "./colour.js";

it.each([
  ["a terminal", { isTTY: true }, {}, true],
  ["a pipe", {}, {}, false],
  ["a terminal without abilities", { isTTY: true }, { TERM: "dumb" }, false],
  ["NO_COLOR", { isTTY: true }, { NO_COLOR: "1" }, false],
  ["an empty NO_COLOR", { isTTY: true }, { NO_COLOR: "" }, true],
  ["FORCE_COLOR in a pipe", {}, { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR=0", { isTTY: true }, { FORCE_COLOR: "0" }, false],
  ["both", { isTTY: true }, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
])("colours: %s", (_what, stream, env, expected) => expect(hasColours(stream, env)).toBe(expected));
