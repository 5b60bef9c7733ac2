// Fetches Debian packages and unpacks them into a folder, without root and without installing anything.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";

const triplet = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
const dynamicLoader = process.arch === "arm64" ? "ld-linux-aarch64.so.1" : "ld-linux-x86-64.so.2";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Where an unpacked userland keeps things.
 * @param {string} root
 */
export function installedAt(root) {
  const libraries = `${root}/usr/lib/${triplet}`;
  return { libraries, dynamicLoader: `${libraries}/${dynamicLoader}` };
}

/**
 * Unpacks packages with all they need into home/root; does nothing if they are there already.
 * @param {string} home
 * @param {object} options
 * @param {readonly string[]} options.packages
 * @param {boolean} options.withSystem true: from the system's own sources, only what is not installed.
 *   false: a whole userland with its own libc, from the given suites of the system's Debian mirror.
 * @param {readonly string[]} [options.suites] the last one is preferred
 * @returns {string} the root folder
 */
export function fetchPackages(home, { packages, withSystem, suites = [] }) {
  const settle = (/** @type {string} */ folder) => {
    writeDriverFile(folder, home);
    if (!withSystem) writeStarters(folder, home);
    writeFileSync(`${folder}/ready`, home);
  };
  if (existsSync(`${home}/ready`)) {
    // the checkout may have been moved or copied since; a linked one stays where it is
    const writtenFor = readFileSync(`${home}/ready`, "utf8");
    if (!existsSync(writtenFor) || realpathSync(writtenFor) !== realpathSync(home)) settle(home);
    return `${home}/root`;
  }
  for (const tool of ["apt-get", "dpkg-deb"])
    if (spawnSync(tool, ["--version"]).status !== 0) throw new Error(`${tool} is not installed`);
  // made elsewhere and moved into place when complete, so that neither an interruption nor a second process does harm
  const work = `${home}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  for (const folder of ["lists/partial", "cache/archives/partial", "root", "bin"])
    mkdirSync(`${work}/${folder}`, { recursive: true });
  try {
    const options = aptOptions(work, withSystem, suites);
    const target = suites.length > 0 ? ["-t", suites.at(-1)] : [];
    apt([...options, "-qq", "update"]);
    apt([...options, ...target, "-y", "-qq", "--download-only", "install", ...packages]);
    for (const file of readdirSync(`${work}/cache/archives`).filter((name) => name.endsWith(".deb")))
      execFileSync("dpkg-deb", ["-x", `${work}/cache/archives/${file}`, `${work}/root`]);
    for (const folder of ["cache", "lists"]) rmSync(`${work}/${folder}`, { recursive: true });
    settle(work);
    if (!existsSync(`${home}/ready`)) {
      rmSync(home, { recursive: true, force: true });
      renameSync(work, home);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return `${home}/root`;
}

/** @param {string[]} parameters */
function apt(parameters) {
  const run = spawnSync("apt-get", parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (run.status !== 0)
    throw new Error(`apt-get could not fetch it: ${run.stderr.trim().split("\n").at(-1)}`);
}

/**
 * Own folders for everything apt writes; signatures are checked as always.
 * @param {string} work
 * @param {boolean} withSystem
 * @param {readonly string[]} suites
 */
function aptOptions(work, withSystem, suites) {
  const settings = {
    "Dir::State::Lists": `${work}/lists`,
    "Dir::Cache": `${work}/cache`,
    "APT::Install-Recommends": "0",
    "APT::Sandbox::User": "",
    "Debug::NoLocking": "1",
  };
  if (!withSystem) {
    writeFileSync(`${work}/status`, "");
    writeFileSync(
      `${work}/sources.list`,
      suites.map((suite) => `deb [signed-by=${keyring}] ${debianMirror()} ${suite} main\n`).join(""),
    );
    Object.assign(settings, {
      "Dir::Etc::SourceList": `${work}/sources.list`,
      "Dir::Etc::SourceParts": "/dev/null",
      "Dir::Etc::Preferences": "/dev/null",
      "Dir::Etc::PreferencesParts": "/dev/null",
      "Dir::State::status": `${work}/status`,
    });
  }
  return Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
}

/** The mirror that the system's own apt sources name, in either of their two formats. */
function debianMirror() {
  const parts = "/etc/apt/sources.list.d";
  const files = [
    "/etc/apt/sources.list",
    ...(existsSync(parts) ? readdirSync(parts).map((name) => `${parts}/${name}`) : []),
  ];
  for (const file of files.filter((path) => existsSync(path))) {
    const text = readFileSync(file, "utf8");
    const mirror = /^(?:URIs:.*?|deb .*?)(https?:\/\/\S+\/debian)\/?(?=\s|$)/m.exec(text)?.[1];
    if (mirror) return mirror;
  }
  throw new Error("the apt sources name no Debian mirror");
}

/**
 * The driver's manifest, naming the library where it will be; or the system's, if the driver was there already.
 * @param {string} work
 * @param {string} home
 */
function writeDriverFile(work, home) {
  const place = "usr/share/vulkan/icd.d";
  const driverIn = (/** @type {string} */ folder) =>
    existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith("lvp_icd")) : undefined;
  const fetched = driverIn(`${work}/root/${place}`);
  const file = fetched ?? driverIn(`/${place}`);
  if (!file) throw new Error("mesa-vulkan-drivers brought no lavapipe");
  const manifest = JSON.parse(readFileSync(`${fetched ? `${work}/root` : ""}/${place}/${file}`, "utf8"));
  if (fetched) manifest.ICD.library_path = `${installedAt(`${home}/root`).libraries}/libvulkan_lvp.so`;
  writeFileSync(`${work}/driver.json`, JSON.stringify(manifest));
}

/**
 * A `node` that runs under the userland's libc, and whose child processes do too; a `glslc`, if that was fetched.
 * @param {string} work
 * @param {string} home
 */
function writeStarters(work, home) {
  const { libraries, dynamicLoader } = installedAt(`${home}/root`);
  writeFileSync(`${work}/exec-path.cjs`, `process.execPath = ${JSON.stringify(`${home}/bin/node`)};\n`);
  const start = `#!/bin/sh\nexec "${dynamicLoader}" --library-path "${libraries}"`;
  const write = (/** @type {string} */ name, /** @type {string} */ command) =>
    writeFileSync(`${work}/bin/${name}`, `${start} ${command} "$@"\n`, { mode: 0o755 });
  write("node", `"${process.execPath}" --require "${home}/exec-path.cjs"`);
  if (existsSync(`${work}/root/usr/bin/glslc`)) write("glslc", `"${home}/root/usr/bin/glslc"`);
}
