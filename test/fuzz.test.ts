import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// A new seed each time. A failure names the input, which `npm run fuzz -- --input "..."` makes again.
test("mutated recordings, models, cards and reports are read or refused, in bounded time and memory, without a word", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const main = fileURLToPath(new URL("fuzz/main.mjs", import.meta.url));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, "--inputs", "3000", "--seed", `${seed}`, "--no-state"],
    { encoding: "utf8" },
  );
  console.log(`fuzz ${stdout.split("\n")[0]}`);
  expect(
    { status, stderr, finds: stdout.split("\n").filter((line) => line.startsWith("FOUND")) },
    stdout,
  ).toEqual({
    status: 0,
    stderr: "",
    finds: [],
  });
});
