// Builds, then runs every tier that this machine can run; the last line counts all of them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runtimes } from "./runtimes.mjs";
import { environmentFor, softwareVulkan } from "./software-vulkan.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed, repeated at the end because the output in between is long. @type {string[]} */
const failures = [];

run(process.execPath, ["scripts/build.mjs"]) || exit("the build failed");
tier("pure", ["--exclude", "**/*.model.test.ts", "--exclude", "**/*.{vulkan,runtime,wine}.test.ts"], {});
const pulled = ["base", "tiny.en"].filter((name) =>
  run(process.execPath, ["bin/whisper-vulkan", "pull", name]),
);
const models = pulled.length === 2 ? { WHISPER_VULKAN_TEST_MODELS: "1" } : {};
if (pulled.length === 2) tier("real model", [".model.test.ts"], models);
else skip("real model tier", "the models base and tiny.en could not be pulled, see above");
runtimesTier();
for (const name of /** @type {const} */ (["old", "new"])) {
  const software = softwareVulkan(name);
  if ("unavailable" in software) skip(`software Vulkan, ${name}`, software.unavailable);
  else {
    if (name === "new") checkShaders(`${software.bin}/glslc`);
    // the old driver is slow: tests that take minutes there and need nothing specific to it run on the new one only
    const left = name === "old" ? ["--exclude", "**/{faults,encoder}.vulkan.test.ts"] : [];
    tier(`software Vulkan, ${software.what}`, [".vulkan.test.ts", ...left], {
      ...environmentFor(software),
      ...models,
      WHISPER_VULKAN_TEST_DEVICE: "0",
    });
  }
}
const gpu = await realGpu();
if ("unavailable" in gpu) skip("real GPU tier", gpu.unavailable);
else
  tier(`real GPU, ${gpu.name}`, [".vulkan.test.ts"], {
    ...models,
    WHISPER_VULKAN_TEST_DEVICE: String(gpu.index),
    WHISPER_VULKAN_TEST_VALIDATION: "0", // the layers run in the software tiers
  });
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed ? 1 : 0);

/** Bun, Deno and the versions of Node, each with software Vulkan where that is available. */
function runtimesTier() {
  if (pulled.length < 2)
    return skip("runtimes tier", "the models base and tiny.en could not be pulled, see above");
  const found = [];
  for (const runtime of runtimes())
    if ("unavailable" in runtime) skip(`runtime ${runtime.name}`, runtime.unavailable);
    else found.push(runtime);
  const software = softwareVulkan("old");
  const vulkan =
    "unavailable" in software ? {} : { ...environmentFor(software), WHISPER_VULKAN_TEST_DEVICE: "0" };
  if ("unavailable" in software) skip("Vulkan in the runtimes tier", software.unavailable);
  tier(`runtimes ${found.map(({ name }) => name).join(", ")}`, [".runtime.test.ts"], {
    ...models,
    ...vulkan,
    WHISPER_VULKAN_TEST_RUNTIMES: JSON.stringify(found),
  });
}

/** Whether the committed SPIR-V is what the GLSL gives. */
function checkShaders(glslc) {
  if (!existsSync(glslc)) return skip("whether the SPIR-V is fresh", "no glslc was fetched");
  if (run(process.execPath, ["scripts/build-shaders.mjs", "--check"], { GLSLC: glslc })) totals.passed++;
  else totals.failed++;
}

/** What `auto` would take on this machine. */
async function realGpu() {
  const { bestDevice, listDevices } = await import("../dist/backend/vulkan/index.js");
  try {
    const devices = await listDevices();
    const index = bestDevice(devices);
    return index < 0 ? { unavailable: "there is none" } : { index, name: devices[index].name };
  } catch (error) {
    if (error.code !== "vulkan-unavailable") throw error;
    return { unavailable: error.message };
  }
}

function tier(name, args, env) {
  console.log(`\n== ${name}`);
  const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-tests-"));
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const passed = run("npx", ["--no-install", "vitest", "run", ...args, ...reporters], env);
  const before = totals.failed;
  try {
    const counts = JSON.parse(readFileSync(report, "utf8"));
    totals.passed += counts.numPassedTests;
    totals.failed += counts.numFailedTests;
    totals.skipped += counts.numPendingTests + counts.numTodoTests;
    for (const file of counts.testResults) {
      const failed = file.assertionResults.filter((test) => test.status === "failed");
      for (const test of failed)
        failures.push(
          `${name}: ${relative(root, file.name)}: ${test.fullName}\n${first(test.failureMessages)}`,
        );
      if (file.status === "failed" && !failed.length)
        failures.push(`${name}: ${relative(root, file.name)}: ${first([file.message])}`);
    }
  } catch (error) {
    console.log(`no report from the ${name} tier: ${error.message}`);
  }
  if (!passed && totals.failed === before) {
    totals.failed++;
    failures.push(`${name}: the test run itself, see there`);
  }
  rmSync(folder, { recursive: true });
}

/** The first lines of a failure: what it was, and where. */
function first(messages) {
  return messages.join("\n").split("\n").slice(0, 4).join("\n");
}

function skip(what, reason) {
  console.log(`\nskipped: ${what} (${reason})`);
  totals.skipped++;
}

function run(command, args, env = {}) {
  return (
    spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } }).status === 0
  );
}

function exit(reason) {
  console.log(`${reason}\n0 passed, 1 failed, 0 skipped`);
  process.exit(1);
}
