import type { KoffiFunc, LibraryHandle, TypeObject } from "koffi";
import { WhisperVulkanError } from "../../../errors.js";
import { signatures, type VulkanCalls } from "./generated/calls.js";
import { koffi } from "./koffi.js";
import { cString } from "./layout.js";
import type { ParameterKind, Signature } from "./signature.js";

type KoffiFunction = KoffiFunc<(...parameters: unknown[]) => unknown>;
type CallName = keyof VulkanCalls;

/**
 * The driver as a table of functions, which the rest of the code calls and a simulation replaces.
 * `has` is false for a function that the driver does not have; calling it anyway throws.
 * `callAsync` runs a call that may block on another thread.
 */
export interface Vulkan extends VulkanCalls {
  has(name: CallName): boolean;
  callAsync<N extends CallName>(
    name: N,
    ...parameters: Parameters<VulkanCalls[N]>
  ): Promise<ReturnType<VulkanCalls[N]>>;
}

const koffiTypes: Record<ParameterKind | "void", string> = {
  pointer: "void *",
  handle: "uint64_t",
  u64: "uint64_t",
  u32: "uint32_t",
  i32: "int32_t",
  void: "void",
};

// koffi keeps types for the life of the process, so each prototype is made once
const prototypes = new Map<string, TypeObject>();
function prototypeOf([, result, parameters]: Signature): TypeObject {
  const key = [result, ...parameters].join();
  let prototype = prototypes.get(key);
  if (!prototype) {
    const convention = process.platform === "win32" ? "__stdcall" : "__cdecl";
    prototype = koffi().proto(
      convention,
      `vk_${prototypes.size}`,
      result === "pointer" ? "uint64_t" : koffiTypes[result],
      parameters.map((kind) => koffiTypes[kind]),
    );
    prototypes.set(key, prototype);
  }
  return prototype;
}

type GetAddress = (handle: bigint, name: Buffer) => number | bigint;

/** The calls of one level, looked up through the loader's or the driver's own table. */
function resolve(level: Signature[0], handle: bigint, address: GetAddress): Map<string, KoffiFunction> {
  const found = new Map<string, KoffiFunction>();
  for (const [name, signature] of Object.entries(signatures)) {
    if (signature[0] !== level) continue;
    const pointer = BigInt(address(handle, cString(name)));
    if (pointer !== 0n) found.set(name, koffi().decode(pointer, prototypeOf(signature)) as KoffiFunction);
  }
  return found;
}

function tableOf(functions: ReadonlyMap<string, KoffiFunction>): Vulkan {
  const table: Record<string, unknown> = {};
  for (const name of Object.keys(signatures))
    table[name] =
      functions.get(name) ??
      (() => {
        throw new Error(`the Vulkan driver has no ${name}`);
      });
  table.has = (name: string) => functions.has(name);
  table.callAsync = (name: string, ...parameters: unknown[]) =>
    new Promise((done, failed) => {
      functions.get(name)!.async(...parameters, (error: unknown, result: unknown) => {
        // named here so that the memory that they point at outlives the call
        parameters.length = 0;
        if (error) failed(error);
        else done(result);
      });
    });
  return table as unknown as Vulkan;
}

/** Looks up the calls level by level: the loader gives the first, an instance and a device the others. */
export class FunctionTables {
  readonly #getInstanceAddress: GetAddress;
  readonly global: Vulkan;

  constructor(loader: LibraryHandle) {
    const parameters = [koffiTypes.handle, koffiTypes.pointer];
    try {
      this.#getInstanceAddress = loader.func("vkGetInstanceProcAddr", "uint64_t", parameters);
    } catch (cause) {
      throw new WhisperVulkanError(
        "vulkan-unavailable",
        "The library that was opened is not a Vulkan loader",
        {
          hint: "Unset VULKAN_LOADER, or set it to the Vulkan loader's library; or use --device cpu",
          cause,
        },
      );
    }
    this.global = tableOf(resolve("global", 0n, this.#getInstanceAddress));
  }

  instance(instance: bigint): Vulkan {
    return tableOf(resolve("instance", instance, this.#getInstanceAddress));
  }

  /** Device calls go straight to the driver, without the loader's dispatch in between. */
  device(instance: Vulkan, device: bigint): Vulkan {
    return tableOf(resolve("device", device, (handle, name) => instance.vkGetDeviceProcAddr(handle, name)));
  }
}
