import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

test("the packed package installs without scripts, imports and runs", ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-package-"));
  const run = (command: string, args: string[], cwd = folder) =>
    spawnSync(command, args, { cwd, encoding: "utf8", input: "" });
  try {
    const packed = run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], root);
    expect(packed.status, packed.stderr).toBe(0);
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    const args = [
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
      `./${archive}`,
    ];
    const installed = run("npm", args);
    if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH)\b/.test(installed.stderr))
      skip("no package registry can be reached");
    expect(installed.status, installed.stderr).toBe(0);

    const script =
      'import { Whisper, formats } from "whisper-vulkan"; console.log(typeof Whisper.load, Object.keys(formats).join())';
    const imported = run(process.execPath, ["--input-type=module", "-e", script]);
    expect(imported.stdout.trim(), imported.stderr).toBe("function txt,srt,vtt,json");

    const bin = join(folder, "node_modules/.bin/whisper-vulkan");
    expect(run(bin, ["--help"])).toMatchObject({ status: 0, stderr: "" });
    expect(run(bin, ["models"]).stdout).toMatch(/^base\b/m);
    const bad = run(bin, ["--model", "./none.bin", "x.wav"]);
    expect(bad).toMatchObject({ status: 1, stdout: "" });
    expect(bad.stderr).toMatch(/^whisper-vulkan: .*none\.bin.*\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
