// Compiles the GLSL kernels to assets/spirv with the project's own glslc. --check: compares with the committed files
// instead of writing.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { softwareVulkan } from "./software-vulkan.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
/** Name, source, defines; and the Vulkan version that it needs where that is not 1.0. */
const shaders = [
  ["linear-f32", "linear/linear.comp"],
  ["linear-f16", "linear/linear.comp", "HALF"],
  ["linear-tiled-f32", "linear/linear-tiled.comp"],
  ["linear-tiled-f16", "linear/linear-tiled.comp", "HALF"],
  ["linear-few-rows-f32", "linear/linear-few-rows.comp"],
  ["linear-few-rows-f16", "linear/linear-few-rows.comp", "HALF"],
  ["linear-few-rows-subgroup-f32", "linear/linear-few-rows.comp", "SUBGROUP", "1.1"],
  ["linear-few-rows-subgroup-f16", "linear/linear-few-rows.comp", "HALF SUBGROUP", "1.1"],
  ["linear-matrix", "linear/linear-matrix.comp", "", "1.2"],
  ["embed-f32", "embed/embed.comp"],
  ["embed-f16", "embed/embed.comp", "HALF"],
  ["encoder-attention", "attention.comp", "ENCODER"],
  ["encoder-attention-tiled", "attention-tiled.comp"],
  ["encoder-attention-matrix", "attention-matrix.comp", "", "1.2"],
  ["self-attention", "attention.comp", "SELF"],
  ["self-attention-one", "attention-one.comp", "SELF"],
  ["cross-attention", "attention.comp", "CROSS"],
  ["cross-attention-one", "attention-one.comp"],
  ["layer-norm", "layer-norm/layer-norm.comp"],
  ["add-positions", "add-positions/add-positions.comp"],
  ["cache-write", "cache-write/cache-write.comp"],
  ["select-rows", "select-rows/select-rows.comp"],
];
const check = process.argv.includes("--check");
const committed = join(root, "assets/spirv");
const { glslc, reason } = findCompiler();
if (glslc === null) {
  console.error(`shaders: ${check ? "freshness was not checked" : "nothing was compiled"}: ${reason}`);
  process.exit(check ? 0 : 1);
}

// Everything is compiled into another folder first: a shader with a mistake leaves the committed files unchanged.
const aside = mkdtempSync(join(tmpdir(), "spirv-"));
try {
  const nWrong = shaders.filter((shader) => !compile(shader)).length;
  if (nWrong > 0) {
    console.error(`shaders: ${nWrong} of ${shaders.length} do not compile, see above; nothing was written`);
    process.exitCode = 1;
  } else if (check) compareWithCommitted();
  else {
    mkdirSync(committed, { recursive: true });
    for (const [name] of shaders) copyFileSync(join(aside, `${name}.spv`), join(committed, `${name}.spv`));
    console.log(`shaders: ${shaders.length} compiled`);
  }
} finally {
  rmSync(aside, { recursive: true });
}

/** Compiles one shader into the temporary folder; glslc prints what is wrong with it. */
function compile([name, source, defines = "", version = "1.0"]) {
  const flags = defines.split(" ").filter(Boolean);
  const options = [`--target-env=vulkan${version}`, "-O", ...flags.map((define) => `-D${define}`)];
  const paths = [join(root, "src/ops", source), "-o", join(aside, `${name}.spv`)];
  return spawnSync(glslc, [...options, ...paths], { stdio: "inherit" }).status === 0;
}

function compareWithCommitted() {
  for (const [name, source] of shaders) {
    const path = join(committed, `${name}.spv`);
    if (existsSync(path) && readFileSync(join(aside, `${name}.spv`)).equals(readFileSync(path))) continue;
    console.error(`shaders: ${name}.spv is not what ${source} gives; run node scripts/build-shaders.mjs`);
    process.exitCode = 1;
  }
}

/**
 * The compiler that made the committed files: the one GLSLC names, else that of the software driver's userland, which is
 * fetched if needed (Debian 12 and 13), else the system's own. Versions before 2024 do not support cooperative matrices, and
 * another version's output would differ from the committed files.
 */
function findCompiler() {
  const fetched = () => {
    const software = softwareVulkan("new");
    return "unavailable" in software ? null : `${software.bin}/glslc`;
  };
  const candidate = process.env.GLSLC ?? fetched() ?? "glslc";
  const { stdout, error } = spawnSync(candidate, ["--version"], { encoding: "utf8" });
  if (error) return { glslc: null, reason: `${candidate} cannot be run (${error.message})` };
  const version = stdout.split("\n")[0];
  if (Number(/v?(20\d\d)\./.exec(version)?.[1] ?? 0) >= 2024) return { glslc: candidate };
  return {
    glslc: null,
    reason: `${candidate} is ${version}; glslc of 2024 or later is needed (GLSLC names it)`,
  };
}
