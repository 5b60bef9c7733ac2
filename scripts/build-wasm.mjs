// Compiles the CPU kernels twice: with relaxed SIMD (fused multiply-add) and without, for engines that lack it.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("../", import.meta.url));
mkdirSync(`${root}assets/wasm`, { recursive: true });
for (const [name, features] of [
  ["kernels", ["simd", "threads", "bulk-memory"]],
  ["kernels-relaxed", ["simd", "threads", "bulk-memory", "relaxed-simd"]],
]) {
  const { error, stderr } = await asc.main([
    "src/backend/cpu/kernels.as.ts",
    ...["--outFile", `assets/wasm/${name}.wasm`, "--baseDir", root],
    ...features.flatMap((feature) => ["--enable", feature]),
    ...["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--sharedMemory"],
    ...["--initialMemory", "1", "--maximumMemory", "65536"],
  ]);
  if (error) {
    console.error(`${stderr}\n${error.message}`);
    process.exit(1);
  }
}
