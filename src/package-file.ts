import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { WhisperVulkanError } from "./errors.js";

/** A file or folder that comes with the package. Errors: package-incomplete, where a bundler left it behind. */
export function packageFile(url: URL): URL {
  if (existsSync(url)) return url;
  throw new WhisperVulkanError(
    "package-incomplete",
    `a file of whisper-vulkan is missing: ${fileURLToPath(url)}`,
    {
      hint: "if a bundler put the package into one file, mark whisper-vulkan as external; otherwise install it again",
    },
  );
}
