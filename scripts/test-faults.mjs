// Every use of every Vulkan call fails, once and from then on, with each code the registry lists, on software Vulkan: some
// hours. Finished parts are kept, so that an interrupted run continues there.
//   node scripts/test-faults.mjs [--again]
// --again: starts over.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { environmentFor, softwareVulkan } from "./software-vulkan.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const doneFile = `${root}.cache/faults-done.txt`;
mkdirSync(`${root}.cache`, { recursive: true });
if (process.argv.includes("--again")) rmSync(doneFile, { force: true });
const found = /** @type {const} */ (["new", "old"]).map((name) => softwareVulkan(name));
const usable = found.find((vulkan) => !("unavailable" in vulkan));
if (!usable || "unavailable" in usable) {
  for (const vulkan of found)
    if ("unavailable" in vulkan) console.error(`${vulkan.name}: ${vulkan.unavailable}`);
  process.exit(1);
}
const { status } = spawnSync("npx", ["--no-install", "vitest", "run", "src/engine/faults.vulkan.test.ts"], {
  cwd: root,
  stdio: "inherit",
  env: { ...environmentFor(usable), WHISPER_VULKAN_TEST_DEVICE: "0", WHISPER_VULKAN_TEST_FAULTS: doneFile },
});
process.exit(status ?? 1);
