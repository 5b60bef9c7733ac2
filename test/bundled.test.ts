// A program that uses the built package, put into one file by a bundler in the right way and in the wrong one.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeModel } from "./command-line.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-bundled-"));

beforeAll(() => {
  writeModel(join(folder, "model.bin"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/whisper-vulkan"), "junction");
  writeFileSync(
    join(folder, "app.mjs"),
    `import { Whisper, WhisperVulkanError } from "whisper-vulkan";
    for (const process of ["same", "own"]) {
      try {
        const whisper = await Whisper.load("model.bin", { device: "cpu", process });
        const { duration } = await whisper.transcribe(new Float32Array(16000), { language: "en" });
        console.log(process, duration);
        await whisper.dispose();
      } catch (error) {
        console.log(process, error instanceof WhisperVulkanError, error.code, error.hint);
      }
    }`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

async function runBundled(name: string, external: boolean): Promise<string[]> {
  await build({
    root: folder,
    configFile: false,
    logLevel: "silent",
    ssr: external ? { external: ["whisper-vulkan"] } : { noExternal: true },
    build: { ssr: "app.mjs", outDir: name, target: "node20" },
  });
  const { stdout, stderr } = spawnSync(process.execPath, [join(name, "app.mjs")], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

test("external, everything works", async () => {
  expect(await runBundled("outside", true)).toEqual(["same 1", "own 1"]);
});

test("inside the bundle, the error says to mark the package as external", async () => {
  const told = expect.stringMatching(/true package-incomplete .*mark whisper-vulkan as external/);
  expect(await runBundled("inside", false)).toEqual([told, told]);
});
