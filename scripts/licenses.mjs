// Writes THIRD-PARTY-LICENSES.md: what is installed with this package, and what was compiled into its WebAssembly.
// --check: compares instead of writing.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const file = `${root}THIRD-PARTY-LICENSES.md`;

/** C code that packages contain as WebAssembly and that their licence field does not name: library, licence, source. */
const compiledIn = {
  "mpg123-decoder": [["mpg123 (libmpg123)", "LGPL-2.1-only", "https://mpg123.org"]],
  "opus-decoder": [["libopus", "BSD-3-Clause", "https://opus-codec.org"]],
  "@wasm-audio-decoders/flac": [["libFLAC", "BSD-3-Clause", "https://xiph.org/flac"]],
  "@wasm-audio-decoders/ogg-vorbis": [
    ["libogg", "BSD-3-Clause", "https://xiph.org/ogg"],
    ["libvorbis", "BSD-3-Clause", "https://xiph.org/vorbis"],
  ],
  "@wasm-audio-decoders/common": [["puff, from zlib", "Zlib", "https://zlib.net"]],
};
/** Licences that require more than a copy of their text from those who distribute the program. */
const copyleft = {
  LGPL: "The LGPL lets you use it in any program; whoever gets your program must be able to replace this library by a changed one. Installed by npm, as a package of its own, it can be. In a single file (a bundle, an asar archive) say so and keep it replaceable.",
  MPL: "The MPL asks that changes to this package's own files stay under the MPL; your program may have any licence.",
};

const lock = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8"));
const packages = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path && !dev)
  .map(([path, entry]) => ({ path, name: path.replace(/^.*node_modules\//, ""), ...entry }))
  // koffi's builds for the platforms are one thing
  .filter(({ optional, name }) => !optional || !name.startsWith("@koromix/"))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const text = [
  "# Third-party licences",
  "",
  "Written by `node scripts/licenses.mjs` from the runtime dependencies; `npm run check` compares. None of this is copied into the package: npm installs it beside.",
  "",
  ...table(
    ["package", "version", "licence"],
    packages.map(({ name, version, license }) => [name, version, license]),
  ),
  "",
  "## Compiled into these packages' WebAssembly",
  "",
  ...table(
    ["package", "library", "licence", "source"],
    packages.flatMap(({ name }) => (compiledIn[name] ?? []).map((row) => [name, ...row])),
  ),
  "",
  "## What the LGPL and the MPL ask",
  "",
  ...Object.entries(copyleft)
    .map(([family, what]) => [namesUnder(family), what])
    .filter(([names]) => names)
    .map(([names, what]) => `- **${names}**: ${what}`),
  "",
  "## Texts",
  "",
  ...packages.flatMap(({ path, name }) => licenseText(path, name)),
].join("\n");

if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
  console.error("THIRD-PARTY-LICENSES.md is not up to date: run node scripts/licenses.mjs");
  process.exitCode = 1;
}
const unlisted = packages.filter(({ license }) => !license);
if (unlisted.length > 0) {
  console.error(`no licence is given by ${unlisted.map(({ name }) => name).join(", ")}`);
  process.exitCode = 1;
}

/** @param {string} family */
function namesUnder(family) {
  const names = packages.flatMap(({ name, license }) => [
    ...(license?.startsWith(family) ? [name] : []),
    ...(compiledIn[name] ?? [])
      .filter(([, own]) => own.startsWith(family))
      .map(([library]) => `${library} in ${name}`),
  ]);
  return names.join(", ");
}

function licenseText(path, name) {
  const folder = `${root}${path}`;
  const found = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (!found) return [];
  const lines = readFileSync(`${folder}/${found}`, "utf8").trim().split(/\r?\n/);
  return [`### ${name}`, "", ...lines.map((line) => `    ${line}`.trimEnd()), ""];
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
