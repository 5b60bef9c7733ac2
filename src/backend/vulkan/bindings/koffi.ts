import { createRequire } from "node:module";
import { WhisperVulkanError } from "../../../errors.js";

type Koffi = typeof import("koffi").default;

/** Loads koffi at run time, so that a program without it can still use the CPU and no bundler splits it up. */
const load: () => Koffi = () => createRequire(import.meta.url)("koffi");
let loaded: Koffi | null = null;

/** The foreign-function interface. Errors: vulkan-unavailable where its native part was not installed. */
export function koffi(from: () => Koffi = load): Koffi {
  try {
    loaded ??= from();
    return loaded;
  } catch (cause) {
    throw new WhisperVulkanError(
      "vulkan-unavailable",
      `koffi, which calls the GPU's driver, cannot be loaded on ${process.platform} ${process.arch}`,
      {
        hint: "Install the package again on this machine, with its optional dependencies, and mark it as external in a bundler; or use --device cpu.",
        cause,
      },
    );
  }
}
