import type { LibraryHandle } from "koffi";
import { WhisperVulkanError } from "../../../errors.js";
import { koffi } from "./koffi.js";

/** Where a platform keeps the Vulkan loader, most likely first. Bare names go through the system's search path. */
export function loaderCandidates(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  if (environment.VULKAN_LOADER) return [environment.VULKAN_LOADER];
  if (platform === "win32") return ["vulkan-1.dll"];
  if (platform !== "darwin") return ["libvulkan.so.1", "libvulkan.so"];
  const sdk = environment.VULKAN_SDK ? [`${environment.VULKAN_SDK}/lib`] : [];
  // macOS searches neither Homebrew's folders (ARM, Intel) nor the SDK's for bare names
  const folders = ["", ...[...sdk, "/opt/homebrew/lib", "/usr/local/lib"].map((folder) => `${folder}/`)];
  return ["libvulkan.1.dylib", "libMoltenVK.dylib"].flatMap((name) => folders.map((folder) => folder + name));
}

const install: Partial<Record<NodeJS.Platform, string>> = {
  win32: "Install or update the graphics driver: it brings vulkan-1.dll",
  darwin: "Install MoltenVK: brew install molten-vk vulkan-loader",
  linux:
    "Install the loader and a driver: apt install libvulkan1 mesa-vulkan-drivers (or your GPU vendor's driver)",
};

/** What opens a library by name; throws if it can't. */
export type OpenLibrary<L> = (path: string) => L;

/**
 * Opens the first loader that exists. The environment variable VULKAN_LOADER names one explicitly.
 * Errors: vulkan-unavailable, saying what was tried and what to install.
 */
export function openLoader<L = LibraryHandle>(
  open: OpenLibrary<L> = koffi().load as unknown as OpenLibrary<L>,
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): L {
  const candidates = loaderCandidates(platform, environment);
  const failures: unknown[] = [];
  for (const path of candidates) {
    try {
      return open(path);
    } catch (error) {
      failures.push(error);
    }
  }
  const { VULKAN_LOADER } = environment;
  const what = VULKAN_LOADER
    ? `VULKAN_LOADER is ${VULKAN_LOADER}, which cannot be opened as a library`
    : `No Vulkan loader found on this system (tried ${candidates.join(", ")})`;
  throw new WhisperVulkanError("vulkan-unavailable", what, {
    hint: VULKAN_LOADER
      ? "Unset VULKAN_LOADER, or set it to the Vulkan loader's library; or use --device cpu"
      : `${install[platform] ?? "Install the Vulkan loader"}; or use --device cpu`,
    cause: new AggregateError(failures, "no candidate could be opened"),
  });
}
