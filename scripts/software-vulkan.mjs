#!/usr/bin/env node
// Software Vulkan (Mesa's lavapipe, with loader and validation layers) for tests, without root and without
// touching the system: packages are fetched through apt from the mirror this machine already uses, signatures
// checked, and unpacked under .cache/software-vulkan.
//   node scripts/software-vulkan.mjs prepare            fetches what is missing, prints what can be used
//   node scripts/software-vulkan.mjs run old|new COMMAND [ARGUMENT...]
// old: the distribution's own (Debian 12: Mesa 22.3). new, on Debian only: Mesa of trixie-backports in a
// separate userland (libc included), with cooperative matrices, newer validation layers and vk.xml.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fetchPackages, installedAt } from "./apt-userland.mjs";

const cache = fileURLToPath(new URL("../.cache/software-vulkan/", import.meta.url));
const packages = ["mesa-vulkan-drivers", "libvulkan1", "vulkan-validationlayers"];
const byHand =
  "install Vulkan's loader, lavapipe and the Khronos validation layers with your package manager";

/**
 * @typedef {object} SoftwareVulkan
 * @property {"old" | "new"} name
 * @property {string} what for people
 * @property {Record<string, string>} environment to be set for a program that is to use it
 * @property {string | null} bin folder with a `node` that runs inside, or null if the usual one does
 */

/**
 * Makes one ready, fetching it if need be.
 * @param {"old" | "new"} name
 * @returns {SoftwareVulkan | { name: "old" | "new", unavailable: string }}
 */
export function softwareVulkan(name) {
  try {
    return name === "old" ? distributionsOwn() : backports();
  } catch (error) {
    return { name, unavailable: /** @type {Error} */ (error).message };
  }
}

function distributionsOwn() {
  const system = systemDriver();
  if (system)
    return {
      name: "old",
      what: `the system's own (${system})`,
      environment: { VK_DRIVER_FILES: system },
      bin: null,
    };
  const { id } = osRelease();
  if (id !== "debian" && id !== "ubuntu")
    throw new Error(`packages are fetched on Debian and Ubuntu only: ${byHand}`);
  const root = fetchPackages(`${cache}old`, { packages, withSystem: true });
  return { name: "old", what: `${id}'s own, from ${root}`, environment: environmentOf(root), bin: null };
}

function backports() {
  const { id, codename } = osRelease();
  if (id !== "debian" || !["bookworm", "trixie"].includes(codename))
    throw new Error("the newer Mesa comes from Debian's trixie-backports: Debian 12 and 13 only");
  const root = fetchPackages(`${cache}new`, {
    packages: [...packages, "libvulkan-dev", "glslc"],
    withSystem: false,
    suites: ["trixie", "trixie-backports"],
  });
  // the userland brings its own libc, whose loader finds the libraries by itself
  const { LD_LIBRARY_PATH: _, ...environment } = environmentOf(root);
  return { name: "new", what: `trixie-backports, from ${root}`, environment, bin: `${cache}new/bin` };
}

/** @param {string} root */
function environmentOf(root) {
  const drivers = `${root}/../driver.json`;
  const layers = `${root}/usr/share/vulkan/explicit_layer.d`;
  return {
    LD_LIBRARY_PATH: [installedAt(root).libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
    VK_DRIVER_FILES: drivers,
    VK_ICD_FILENAMES: drivers,
    VK_LAYER_PATH: existsSync(layers) ? layers : "/usr/share/vulkan/explicit_layer.d",
  };
}

/** The system's lavapipe, if loader, driver and validation layers are all installed. */
function systemDriver() {
  if (process.platform !== "linux") return null;
  const list = (/** @type {string} */ folder) => (existsSync(folder) ? readdirSync(folder) : []);
  const driver = list("/usr/share/vulkan/icd.d").find((file) => file.startsWith("lvp_icd"));
  const layers = list("/usr/share/vulkan/explicit_layer.d").some((file) => /khronos_validation/.test(file));
  return driver && layers ? `/usr/share/vulkan/icd.d/${driver}` : null;
}

function osRelease() {
  const text = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const value = (/** @type {string} */ key) => new RegExp(`^${key}="?([^"\n]*)`, "m").exec(text)?.[1] ?? "";
  return { id: value("ID"), codename: value("VERSION_CODENAME") };
}

/**
 * The environment for a program that is to run under one of them.
 * @param {SoftwareVulkan} vulkan
 */
export function environmentFor(vulkan) {
  const path = vulkan.bin ? { PATH: `${vulkan.bin}:${process.env.PATH}` } : {};
  return { ...process.env, WHISPER_VULKAN_TEST_DEVICE: "llvmpipe", ...vulkan.environment, ...path };
}

function main() {
  const [verb, name, command, ...parameters] = process.argv.slice(2);
  if (verb === "prepare") {
    for (const each of /** @type {const} */ (["old", "new"])) {
      const vulkan = softwareVulkan(each);
      console.log(
        `${each}: ${"unavailable" in vulkan ? `not available, ${vulkan.unavailable}` : vulkan.what}`,
      );
    }
    return 0;
  }
  if (verb !== "run" || (name !== "old" && name !== "new") || !command) {
    console.error("usage: software-vulkan.mjs prepare | run old|new COMMAND [ARGUMENT...]");
    return 2;
  }
  const vulkan = softwareVulkan(name);
  if ("unavailable" in vulkan) {
    console.error(`software Vulkan (${name}) is not available: ${vulkan.unavailable}`);
    return 1;
  }
  return spawnSync(command, parameters, { stdio: "inherit", env: environmentFor(vulkan) }).status ?? 1;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main();
