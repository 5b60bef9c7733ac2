import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { formatList } from "../../formats/index.js";
import { cardNames } from "../../memory/simulate/index.js";
import { catalogue } from "../../model/index.js";
import { createProgram } from "../program.js";
import { describeCommands } from "./describe.js";
import { type Shell, shells } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = createProgram();
const commands = describeCommands(program);
const script = (shell: Shell) => shells[shell](commands);
const file = (shell: Shell) => {
  const path = join(folder, `whisper-vulkan.${shell}`);
  writeFileSync(path, script(shell));
  return path;
};

/** What a shell offers for the last word. The program itself, which is asked for devices, is a stand-in. */
const offers: Readonly<Record<"bash" | "fish", (words: readonly string[]) => string>> = {
  bash: (words) =>
    `whisper-vulkan() { printf '0    A card (discrete)\\n     driver  x\\n'; }; source ${file("bash")}; ` +
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _whisper_vulkan; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (words) =>
    `function whisper-vulkan; printf '0    A card (discrete)\\n     driver  x\\n'; end; source ${file("fish")}; complete -C '${words.join(" ")}'`,
};

const models = catalogue.flatMap(({ name, aliases }) => [name, ...aliases]);
const cases: readonly (readonly [words: string, offered: readonly string[]])[] = [
  ["mo", ["models"]],
  ["-", ["--model", "--format", "--version"]],
  ["talk.mp3 --no-t", ["--no-timestamps"]],
  ["memory --fr", ["--free"]],
  ["-f ", formatList.map(({ name }) => name)],
  ["-f srt,js", ["srt,json"]],
  ["-m ", models],
  ["pull large-v3-", ["large-v3-turbo"]],
  ["memory base --simulate mal", cardNames().filter((name) => name.startsWith("mal"))],
  ["-d ", ["auto", "cpu", "0"]],
  ["-t tr", ["transcribe", "translate"]],
  ["completion f", ["fish"]],
];

describe.each(["bash", "fish"] as const)("%s", (shell) => {
  it.for(cases)("offers for %j: %j", ([words, offered], { skip }) => {
    const given = ["whisper-vulkan", ...words.split(" ")];
    const { status, stdout, stderr, error } = spawnSync(shell, ["-c", offers[shell](given)], {
      encoding: "utf8",
      env: { ...process.env, HOME: folder },
    });
    if (error) skip(`there is no ${shell} here`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n").map((line) => line.split("\t")[0])).toEqual(
      expect.arrayContaining([...offered]),
    );
  });
});

test.for(["bash", "zsh", "fish"] as const)(
  "%s can read its script, and every option is in it",
  (shell, { skip }) => {
    for (const { options } of commands)
      for (const flag of options.flatMap(({ flags }) => flags))
        expect(script(shell)).toContain(
          shell === "fish" ? flag.replace(/^-+/, flag.startsWith("--") ? "-l " : "-s ") : flag,
        );
    const { status, stderr, error } = spawnSync(shell, ["-n", file(shell)], { encoding: "utf8" });
    if (error) skip(`there is no ${shell} here`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  },
);
