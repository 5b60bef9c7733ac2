// Compiles the GLSL kernels to assets/spirv. --check: compares with the committed files instead of writing.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
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
const glslc = process.env.GLSLC ?? "glslc";
const check = process.argv.includes("--check");
const committed = join(root, "assets/spirv");
mkdirSync(committed, { recursive: true });

let version = "none found";
try {
  version = execFileSync(glslc, ["--version"], { encoding: "utf8" }).split("\n")[0];
} catch (error) {
  if (error.code !== "ENOENT") throw error;
}
const year = Number(/v?(20\d\d)\./.exec(version)?.[1] ?? 0);
if (check && year < 2024) {
  console.log(`shaders: freshness not checked, needs glslc of 2024 or later (${version})`);
  process.exit(0);
}
const target = check ? mkdtempSync(join(tmpdir(), "spirv-")) : committed;
let nStale = 0;
try {
  for (const [name, source, defines = "", version = "1.0"] of shaders) {
    const file = join(target, `${name}.spv`);
    const flags = defines.split(" ").filter(Boolean);
    const options = [`--target-env=vulkan${version}`, "-O", ...flags.map((define) => `-D${define}`)];
    execFileSync(glslc, [...options, join(root, "src/ops", source), "-o", file], { stdio: "inherit" });
    if (check && !readFileSync(file).equals(readFileSync(join(committed, `${name}.spv`)))) {
      console.error(`shaders: ${name}.spv differs from ${source}; run node scripts/build-shaders.mjs`);
      nStale++;
    }
  }
} finally {
  if (check) rmSync(target, { recursive: true });
}
if (nStale) process.exitCode = 1;
