// Builds, pulls base, transcribes the recording in samples/ on the best device.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const sample = readdirSync(`${root}samples`).find((name) => /\.(wav|flac|opus|ogg)$/.test(name));
for (const args of [["scripts/build.mjs"], ["bin/whisper-vulkan", "--model", "base", `samples/${sample}`]]) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
