import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { packageFile } from "../../package-file.js";

/** Node 20 has relaxed SIMD behind this flag, which later versions, where it is on, reject. */
const relaxedFlag = "--experimental-wasm-relaxed-simd";
const needsFlag = Number(process.versions.node.split(".")[0]) < 22;

export interface KernelsModule {
  readonly module: WebAssembly.Module;
  readonly relaxed: boolean;
  /** The flag each thread must set before it instantiates the module, or null. */
  readonly relaxedFlag: string | null;
}

let compiled: Promise<KernelsModule> | null = null;

/** The WebAssembly kernels: with fused multiply-add where the engine has relaxed SIMD, else plain SIMD. */
export function compileKernels(): Promise<KernelsModule> {
  compiled ??= (async () => {
    if (needsFlag) setFlagsFromString(relaxedFlag);
    const relaxed = await readFile(
      packageFile(new URL("../../../assets/wasm/kernels-relaxed.wasm", import.meta.url)),
    );
    if (WebAssembly.validate(relaxed))
      return {
        module: await WebAssembly.compile(relaxed),
        relaxed: true,
        relaxedFlag: needsFlag ? relaxedFlag : null,
      };
    const plain = await readFile(packageFile(new URL("../../../assets/wasm/kernels.wasm", import.meta.url)));
    return { module: await WebAssembly.compile(plain), relaxed: false, relaxedFlag: null };
  })();
  return compiled;
}
