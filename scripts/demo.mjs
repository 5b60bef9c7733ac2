// Builds, pulls base, transcribes a recording of samples/ on the best device.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const sample = readdirSync(`${root}samples`).find((name) => /\.(wav|flac|opus|ogg)$/.test(name));

step("Building", "scripts/build.mjs");
step("Getting the model base, 148 MB (once)", "bin/whisper-vulkan", "pull", "base");
step(`whisper-vulkan samples/${sample}`, "bin/whisper-vulkan", `samples/${sample}`);

/**
 * @param {string} what
 * @param {...string} args
 */
function step(what, ...args) {
  console.log(`\n== ${what}`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
