import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { int16, sine, wav } from "../src/audio/cases.js";
import { textWidth } from "../src/cli/terminal/text-width.js";
import { bin, writeModel } from "./command-line.js";

// The output on a terminal. script (util-linux) provides one, where it is installed.

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-terminal-"));
  writeModel(join(folder, "model.bin"));
  writeFileSync(
    join(folder, "会議の録音 with a name too long for this.wav"),
    wav(int16(sine(440, 16000, 70 * 16000))),
  );
  writeFileSync(join(folder, "two.wav"), wav(int16(sine(440, 16000, 16000))));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** Everything that a terminal with this many columns gets; keystrokes are sent beforehand; "␛" stands for the escape character. */
function inTerminal(columns: number, args: string, env: NodeJS.ProcessEnv = {}, typed = "") {
  const command = `stty cols ${columns} rows 24; '${process.execPath}' '${bin}' -m model.bin -l en --temperature 0 ${args}`;
  const { NO_COLOR: _, FORCE_COLOR: __, ...clean } = process.env;
  const { status } = spawnSync("script", ["-qefc", command, "typescript"], {
    cwd: folder,
    input: typed,
    env: { ...clean, TERM: "xterm", WHISPER_VULKAN_DEVICE: "cpu", ...env },
  });
  const sent = readFileSync(join(folder, "typescript"), "utf8").split("\n").slice(1, -2).join("\n");
  return { status, sent: sent.replaceAll("\x1b", "␛").replaceAll(/\r+/g, "\r") };
}

/** The status lines among it: each begins where the cursor is at the start, and leaves it there. */
const statusLines = (sent: string) => {
  const plain = sent.replace(/␛\[\d*m/g, "");
  return [...plain.matchAll(/(?:^|\r␛\[2K|\n)([-\\|/] [^\r\n␛]*)\r/g)].map(([, line]) => line!.trimEnd());
};

describe.skipIf(!hasScript)("a terminal", () => {
  test.each([40, 120])("of %d columns is shown what is done, on one line that is taken away", (columns) => {
    const { status, sent } = inTerminal(columns, "*.wav -f txt -o out/ --overwrite");
    expect(status).toBe(0);
    const lines = statusLines(sent);
    for (const line of lines) expect(textWidth(line), line).toBeLessThan(columns);
    for (const what of [
      /model\.bin loading…/,
      /^. 1\/2 two\.wav listening…/,
      /^. 2\/2 会.*wav listening…/,
      /^. 2\/2 会.*wav [█░]+ \d+%/,
    ])
      expect(lines).toContainEqual(expect.stringMatching(what));
    // what stays on the screen
    const left = sent.split("\n").map((line) => line.split("\r␛[2K").at(-1)!);
    expect(left.filter((line) => /…|%/.test(line))).toEqual([]);
    expect(left.filter((line) => line.trim() !== "")).toHaveLength(5);
    expect(sent).toContain("␛[32m");
  });

  test("gets no colours with NO_COLOR, and no status with --quiet or TERM=dumb", () => {
    expect(inTerminal(80, "two.wav", { NO_COLOR: "1" }).sent).not.toMatch(/␛\[\d+m/);
    expect(inTerminal(80, "two.wav -q", { NO_COLOR: "1" }).sent).not.toContain("␛");
    expect(inTerminal(80, "two.wav", { TERM: "dumb" }).sent).not.toContain("␛");
  });

  test.each([
    ["n", 2, "old"],
    ["s", 0, "old"],
    ["y", 0, null],
  ])("is asked about results that exist: %s", (answer, code, left) => {
    writeFileSync(join(folder, "two.txt"), "old");
    const { status, sent } = inTerminal(80, "two.wav -f txt", {}, `${answer}\n`);
    expect(sent).toContain("two.txt exists already. Overwrite? [y]es, [s]kip, [N]o: ");
    expect(status).toBe(code);
    if (answer === "n") {
      expect(sent).toContain("two.txt is left as it is; nothing was transcribed.");
      expect(sent).not.toContain("--skip-existing");
    }
    if (left === null) expect(readFileSync(join(folder, "two.txt"), "utf8")).not.toBe("old");
    else expect(readFileSync(join(folder, "two.txt"), "utf8")).toBe(left);
  });
});
