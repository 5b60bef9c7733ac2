import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { int16, sine, wav } from "../src/audio/cases.js";
import { formats } from "../src/formats/index.js";
import { writeModel } from "./command-line.js";

const root = fileURLToPath(new URL("../", import.meta.url));
/** By default, npm waits for minutes where there is no network. */
const impatient = [
  ...["--fetch-retries=1", "--fetch-timeout=30000"],
  ...["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"],
];
const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline"];
const offline = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

test("the packed package installs without scripts, imports, and transcribes", ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-package-"));
  const run = (command: string, args: string[], cwd = folder): SpawnSyncReturns<string> =>
    spawnSync(command, args, {
      cwd,
      encoding: "utf8",
      input: "",
      timeout: 300_000,
      shell: process.platform === "win32", // npm and what it installs are .cmd files there
    });
  try {
    const packed = run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], root);
    expect(packed.status, packed.stderr).toBe(0);
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    const installed = run("npm", ["install", "--ignore-scripts", ...quiet, ...impatient, `./${archive}`]);
    if (installed.status !== 0 && offline.test(installed.stderr)) skip("no package registry can be reached");
    expect(installed.status, installed.stderr).toBe(0);

    const script =
      'import { Whisper, formats } from "whisper-vulkan"; console.log(typeof Whisper.load, Object.keys(formats).join())';
    const imported = run(process.execPath, ["--input-type=module", "-e", script]);
    expect(imported.stdout.trim(), imported.stderr).toBe(`function ${Object.keys(formats).join()}`);

    if ("require_module" in process.features) {
      const required = run(process.execPath, [
        ...["--input-type=commonjs", "-e"],
        'console.log(typeof require("whisper-vulkan").Whisper.load)',
      ]);
      expect(required.stdout.trim(), required.stderr).toBe("function");
    }

    const bin = join(folder, "node_modules/.bin/whisper-vulkan");
    expect(run(bin, ["--help"])).toMatchObject({ status: 0, stderr: "" });
    expect(run(bin, ["models"]).stdout).toMatch(/^base\b/m);
    const bad = run(bin, ["--model", "nosuch", "x.wav"]);
    expect(bad).toMatchObject({ status: 2, stdout: "" });
    expect(bad.stderr).toMatch(/^whisper-vulkan: .*nosuch.*\n$/);

    writeModel(join(folder, "model.bin"));
    writeFileSync(join(folder, "tone.wav"), wav(int16(sine(440, 16000, 16000))));
    const options = ["-m", "model.bin", "-d", "cpu", "-l", "en", "--temperature", "0", "-q", "-f", "json"];
    const spoken = run(bin, ["tone.wav", ...options, "-o", "-"]);
    expect(spoken).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(spoken.stdout)).toMatchObject({ language: "english", duration: 1 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
