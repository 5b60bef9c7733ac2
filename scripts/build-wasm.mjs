// Compiles what runs in WebAssembly: the CPU kernels twice, with relaxed SIMD (fused multiply-add) and without, for engines
// that lack it; and the resampler's sums.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("../", import.meta.url));
const kernels = "src/backend/cpu/kernels.as.ts";
const shared = ["--importMemory", "--sharedMemory", "--maximumMemory", "65536"];
const features = ["simd", "threads", "bulk-memory"];
mkdirSync(`${root}assets/wasm`, { recursive: true });
await compile("kernels", kernels, features, shared);
await compile("kernels-relaxed", kernels, [...features, "relaxed-simd"], shared);
await compile("weighted-sums", "src/audio/weighted-sums.as.ts", ["simd"], []);

async function compile(name, entry, features, memory) {
  const { error, stderr } = await asc.main([
    ...[entry, "--outFile", `assets/wasm/${name}.wasm`, "--baseDir", root],
    ...features.flatMap((feature) => ["--enable", feature]),
    ...["-O3", "--noAssert", "--runtime", "stub", "--initialMemory", "1", ...memory],
  ]);
  if (error) {
    console.error(`${stderr}\n${error.message}`);
    process.exit(1);
  }
}
