// npm run bench:memory: builds, then runs every measurement of the memory layer in a separate process.
//   node bench/gpu-memory.mjs [--world N]
// --world: how many of the 18,708 devices, evenly spread; all of them take ten minutes on two cores. Interrupting ends it at once.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { environmentFor, softwareVulkan } from "../scripts/software-vulkan.mjs";

const { values } = parseArgs({ options: { world: { type: "string" } } });
const root = fileURLToPath(new URL("../", import.meta.url));
const software = /** @type {const} */ (["new", "old"])
  .map((name) => softwareVulkan(name))
  .find((vulkan) => !("unavailable" in vulkan));

section("building", "scripts/build.mjs");
section("how long planning takes", "bench/gpu-memory/planning.mjs");
section("plans on all cards", "bench/gpu-memory/plans.mjs");
if (software) onSoftware(`the matrix, on ${software.what}`, "bench/gpu-memory/matrix.mjs", "driver");
else section("the matrix, on a mock: there is no software Vulkan here", "bench/gpu-memory/matrix.mjs");
section("the layer's share, best device", "bench/gpu-memory/share.mjs", "auto");
if (software) {
  onSoftware("the layer's share, software Vulkan", "bench/gpu-memory/share.mjs", "0");
  onSoftware("base itself in a few cells", "bench/gpu-memory/base.mjs", "0");
}
section("the world", "bench/gpu-memory/world.mjs", ...(values.world === undefined ? [] : [values.world]));

/** Runs one measurement. A failure is reported and does not stop the others. */
function section(what, ...args) {
  run(what, process.execPath, args, process.env);
}

/** With Mesa's driver. node by its name: the driver may bring one that runs with its libraries. */
function onSoftware(what, ...args) {
  run(what, "node", args, environmentFor(software));
}

function run(what, node, args, env) {
  console.log(`\n== ${what}`);
  const { status, signal } = spawnSync(node, args, { cwd: root, stdio: "inherit", env });
  if (signal) process.exit(1);
  if (status === 0) return;
  console.log(`FAILED: node ${args.join(" ")}`);
  process.exitCode = 1;
}
