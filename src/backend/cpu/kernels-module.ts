import { setFlagsFromString } from "node:v8";
import { WhisperVulkanError } from "../../errors.js";
import { packageIncomplete, readPackageFile } from "../../package-file.js";

/** Node 20 needs this flag for relaxed SIMD. Later versions, where it is always on, reject the flag. */
const relaxedFlag = "--experimental-wasm-relaxed-simd";
const needsFlag = Number(process.versions.node.split(".")[0]) < 22;

const relaxedFile = new URL("../../../assets/wasm/kernels-relaxed.wasm", import.meta.url);
const plainFile = new URL("../../../assets/wasm/kernels.wasm", import.meta.url);

export interface KernelsModule {
  readonly module: WebAssembly.Module;
  readonly relaxed: boolean;
  /** The flag that each thread must set before it instantiates the module, or null. */
  readonly relaxedFlag: string | null;
}

let compiled: Promise<KernelsModule> | null = null;

/**
 * The WebAssembly kernels: with fused multiply-add where the engine has relaxed SIMD, else plain SIMD.
 * Errors: cpu-unavailable, package-incomplete.
 */
export function compileKernels(): Promise<KernelsModule> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<KernelsModule> {
  checkEngine();
  if (needsFlag) setFlagsFromString(relaxedFlag);
  const relaxed = await readPackageFile(relaxedFile);
  if (WebAssembly.validate(relaxed))
    return {
      module: await WebAssembly.compile(relaxed),
      relaxed: true,
      relaxedFlag: needsFlag ? relaxedFlag : null,
    };
  const plain = await readPackageFile(plainFile);
  if (!WebAssembly.validate(plain))
    throw packageIncomplete(
      plainFile,
      "is damaged, or this JavaScript engine does not support WebAssembly SIMD",
    );
  return { module: await WebAssembly.compile(plain), relaxed: false, relaxedFlag: null };
}

/** Errors: cpu-unavailable. */
function checkEngine(): void {
  const gpu = "or use a GPU with --device";
  if (typeof WebAssembly === "undefined")
    throw new WhisperVulkanError("cpu-unavailable", "This process runs without WebAssembly", {
      hint: `Start it without --jitless and similar options; ${gpu}`,
    });
  if (typeof SharedArrayBuffer === "undefined")
    throw new WhisperVulkanError("cpu-unavailable", "This process has no SharedArrayBuffer", {
      hint: `Load whisper-vulkan where SharedArrayBuffer exists (in Electron, in the main process, not in a window); ${gpu}`,
    });
}
