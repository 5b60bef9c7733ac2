// Every JavaScript runtime that scripts/runtimes.mjs found runs checks.mjs.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeModel } from "../command-line.js";

interface Runtime {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const runtimes: Runtime[] = JSON.parse(process.env.WHISPER_VULKAN_TEST_RUNTIMES ?? "[]");
const checks = fileURLToPath(new URL("checks.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-runtimes-"));
const small = join(folder, "small.bin");
/** Where software Vulkan is: scripts/test.mjs says so. */
const vulkan = process.env.WHISPER_VULKAN_TEST_DEVICE ? [small] : [];
/** As long as a busy machine takes, many times over. */
const limitMs = 240_000;

beforeAll(() => writeModel(small));
afterAll(() => rmSync(folder, { recursive: true }));

test.runIf(runtimes.length > 0).each(runtimes)("$name", async ({ command }) => {
  const [file, ...first] = command;
  const args = [...first, checks, "tiny.en", JSON.stringify(command), ...vulkan];
  const env = { ...process.env, NO_COLOR: "1", WHISPER_VULKAN_TEST_DEVICE: undefined };
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env, timeout: limitMs });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve([code, signal]));
  });
  expect({ code, signal }, output.join("")).toEqual({ code: 0, signal: null });
  expect(output.join("").match(/^ok /gm)).toHaveLength(8 + vulkan.length);
});
