import { createRequire } from "node:module";
import type Koffi from "koffi";
import { WhisperVulkanError } from "../../../errors.js";

let loaded: typeof Koffi | undefined;

/**
 * The foreign-function library, loaded when Vulkan is asked for: its native part is not built for every platform, and where it
 * is missing the CPU backend still works. Errors: vulkan-unavailable.
 */
export function koffi(): typeof Koffi {
  loaded ??= load();
  return loaded;
}

function load(): typeof Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as typeof Koffi;
  } catch (cause) {
    const platform = `${process.platform} ${process.arch}`;
    throw new WhisperVulkanError(
      "vulkan-unavailable",
      `the package koffi, through which Vulkan is called, cannot be loaded on ${platform}`,
      {
        hint:
          "Install whisper-vulkan again on this machine, with its optional packages, and keep koffi out of bundles; " +
          "where koffi has no build for the platform, use --device cpu",
        cause,
      },
    );
  }
}
