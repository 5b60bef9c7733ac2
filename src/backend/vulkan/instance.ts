import { WhisperVulkanError } from "../../errors.js";
import { FunctionTables, type Vulkan } from "./bindings/functions.js";
import {
  VK_INCOMPLETE,
  VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR,
} from "./bindings/generated/constants.js";
import {
  VkApplicationInfo,
  VkExtensionProperties,
  VkInstanceCreateInfo,
} from "./bindings/generated/structs.js";
import { cString, decodeArray, encode, handles } from "./bindings/layout.js";
import { openLoader } from "./bindings/loader.js";
import { type DamagedFile, damagedDriverFile, driverVariable } from "./driver-files.js";
import { check, isLoss } from "./result.js";

const portabilityEnumeration = "VK_KHR_portability_enumeration";

/** Where the calls come from. Tests replace the loader's with their own. */
export type Tables = Pick<FunctionTables, "global" | "instance" | "device">;

/**
 * The loader's own calls, for a simulation to wrap. Instances made through them are not shared: a program that makes many
 * in sequence should keep the one of openInstance() meanwhile. Errors: vulkan-unavailable (no loader).
 */
export function realTables(): Tables {
  return new FunctionTables(openLoader());
}

/** An open connection to the loader; physical devices are found through it, devices made from it. */
export interface Instance {
  readonly tables: Tables;
  readonly vk: Vulkan;
  readonly handle: bigint;
  /** The loader's version, packed as VK_MAKE_API_VERSION does. */
  readonly apiVersion: number;
  destroy(): void;
}

/** VK_MAKE_API_VERSION(0, 1, 0, 0): all that a loader without vkEnumerateInstanceVersion knows. */
const vulkan10 = 1 << 22;

let shared: Promise<Instance> | null = null;

/**
 * The process's shared instance, or a new one on the caller's own tables. The shared one is never destroyed: with the last
 * instance the loader unloads the driver, and NVIDIA's driver can be reloaded only about thirty times before a process
 * no longer finds one. An instance holds no GPU memory. Errors: vulkan-unavailable (no loader, or one without any
 * driver).
 */
export async function openInstance(tables?: Tables): Promise<Instance> {
  if (tables) return createInstance(tables);
  shared ??= createInstance(realTables());
  try {
    return { ...(await shared), destroy: () => {} };
  } catch (error) {
    shared = null;
    throw error;
  }
}

/** Errors: vulkan-unavailable, naming a driver's file that is damaged; others of the driver's calls. */
async function createInstance(tables: Tables): Promise<Instance> {
  try {
    return await createOn(tables);
  } catch (cause) {
    if (!(cause instanceof WhisperVulkanError)) throw cause;
    // only looked for after a failure: most loaders skip a damaged file, some fail without saying why
    const damaged = damagedDriverFile();
    throw damaged ? driverFileDamaged(damaged, cause) : cause;
  }
}

/** Driver calls that take long - a tenth of a second or more - run on another thread. */
async function createOn(tables: Tables): Promise<Instance> {
  const vk = tables.global;
  let apiVersion = vulkan10;
  if (vk.has("vkEnumerateInstanceVersion")) {
    const bytes = Buffer.alloc(4);
    check(vk.vkEnumerateInstanceVersion(bytes), "vkEnumerateInstanceVersion");
    apiVersion = bytes.readUInt32LE();
  }
  const portability = instanceExtensions(vk).includes(portabilityEnumeration);
  const name = cString("whisper-vulkan");
  const extensions = handles(...(portability ? [cString(portabilityEnumeration)] : []));
  const info = encode(VkInstanceCreateInfo, {
    flags: portability ? VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR : 0,
    pApplicationInfo: encode(VkApplicationInfo, { pApplicationName: name, pEngineName: name, apiVersion }),
    enabledExtensionCount: portability ? 1 : 0,
    ppEnabledExtensionNames: extensions,
  });
  const out = Buffer.alloc(8);
  try {
    check(await vk.callAsync("vkCreateInstance", info, null, out), "vkCreateInstance");
  } catch (cause) {
    throw isLoss(cause) ? cause : unavailable("The Vulkan loader found no working driver", cause);
  }
  const handle = out.readBigUInt64LE();
  const instanceTable = tables.instance(handle);
  return {
    tables,
    vk: instanceTable,
    handle,
    apiVersion,
    destroy: () => instanceTable.vkDestroyInstance(handle, null),
  };
}

function instanceExtensions(vk: Vulkan): string[] {
  const count = Buffer.alloc(4);
  check(
    vk.vkEnumerateInstanceExtensionProperties(null, count, null),
    "vkEnumerateInstanceExtensionProperties",
  );
  const bytes = Buffer.alloc(count.readUInt32LE() * VkExtensionProperties.sizeBytes);
  const result = vk.vkEnumerateInstanceExtensionProperties(null, count, bytes);
  if (result !== VK_INCOMPLETE) check(result, "vkEnumerateInstanceExtensionProperties");
  return decodeArray(VkExtensionProperties, bytes, count.readUInt32LE()).map(
    ({ extensionName }) => extensionName,
  );
}

/** Handles of all physical devices, in the loader's order. Errors: vulkan-unavailable. */
export async function physicalDevices({ vk, handle }: Instance): Promise<bigint[]> {
  const count = Buffer.alloc(4);
  try {
    check(
      await vk.callAsync("vkEnumeratePhysicalDevices", handle, count, null),
      "vkEnumeratePhysicalDevices",
    );
  } catch (cause) {
    if (isLoss(cause)) throw cause;
    // older loaders say "initialization failed" where newer ones say that there are none
    throw unavailable("The Vulkan loader found no device", cause);
  }
  const bytes = Buffer.alloc(Math.max(1, count.readUInt32LE()) * 8);
  const result = vk.vkEnumeratePhysicalDevices(handle, count, bytes);
  if (result !== VK_INCOMPLETE) check(result, "vkEnumeratePhysicalDevices");
  return Array.from({ length: count.readUInt32LE() }, (_, i) => bytes.readBigUInt64LE(i * 8));
}

function unavailable(message: string, cause: unknown): WhisperVulkanError {
  const variable = driverVariable();
  const install = "Install or update the graphics driver (Linux: mesa-vulkan-drivers or the vendor's own)";
  const hint = variable
    ? `${variable} decides which drivers are loaded: unset it, or set it to the file of a driver that works`
    : install;
  return new WhisperVulkanError("vulkan-unavailable", message, {
    hint: `${hint}; or use --device cpu`,
    cause,
  });
}

function driverFileDamaged({ path, what, variable }: DamagedFile, cause: unknown): WhisperVulkanError {
  const where = variable ? ` (${variable})` : "";
  const otherwise = variable ? `unset ${variable}` : "reinstall the driver or layer that it belongs to";
  return new WhisperVulkanError("vulkan-unavailable", `The Vulkan driver file ${path}${where} ${what}`, {
    hint: `Repair or remove that file, or ${otherwise}; until then use --device cpu`,
    cause,
  });
}
