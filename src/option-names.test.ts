import { expect, test } from "vitest";
import { planMemory } from "./engine/plan-memory.js";
import { Whisper } from "./engine/whisper.js";
import { checkOptionNames } from "./option-names.js";
import { settingsOf } from "./whisper/index.js";

test("a slip in an option's name is said, with what may have been meant", async () => {
  const slip = (name: string, nearest: string) => ({
    code: "option-invalid",
    message: `There is no option "${name}".`,
    hint: `Did you mean "${nearest}"?`,
  });
  expect(() => settingsOf({ langauge: "de" } as object)).toThrow(
    expect.objectContaining(slip("langauge", "language")),
  );
  await expect(Whisper.load("base", { proces: "own" } as object)).rejects.toMatchObject(
    slip("proces", "process"),
  );
  await expect(planMemory("base", { simulated: "adreno" } as object)).rejects.toMatchObject(
    slip("simulated", "simulate"),
  );
});

test("undefined is as if it were not there, and what every object has is no option", () => {
  const options: { known?: number } = {};
  expect(() => checkOptionNames({ ...options, unknown: undefined } as object, {})).not.toThrow();
  expect(() => checkOptionNames({ ...options, toString: 1 }, { known: true } as never)).toThrow(
    'There is no option "toString".',
  );
});
