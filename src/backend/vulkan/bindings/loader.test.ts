import { describe, expect, it } from "vitest";
import type { WhisperVulkanError } from "../../../errors.js";
import { loaderCandidates, openLoader } from "./loader.js";

/** A system that has the given libraries and no others. */
function system(...present: readonly string[]) {
  return (path: string) => {
    if (!present.includes(path)) throw new Error(`${path}: cannot open shared object file`);
    return path;
  };
}

describe("Vulkan loader", () => {
  it.each([
    ["linux", ["libvulkan.so.1"], "libvulkan.so.1"],
    ["linux", ["libvulkan.so"], "libvulkan.so"],
    ["win32", ["vulkan-1.dll"], "vulkan-1.dll"],
    [
      "darwin",
      ["libMoltenVK.dylib", "/opt/homebrew/lib/libvulkan.1.dylib"],
      "/opt/homebrew/lib/libvulkan.1.dylib",
    ],
    ["darwin", ["/usr/local/lib/libMoltenVK.dylib"], "/usr/local/lib/libMoltenVK.dylib"],
  ] as const)("on %s with %j opens %s", (platform, present, expected) => {
    expect(openLoader(system(...present), platform, {})).toBe(expected);
  });

  it("looks into the Vulkan SDK on macOS", () => {
    expect(loaderCandidates("darwin", { VULKAN_SDK: "/sdk/macOS" })).toContain(
      "/sdk/macOS/lib/libMoltenVK.dylib",
    );
  });

  it("takes VULKAN_LOADER and nothing else", () => {
    expect(openLoader(system("/x/vk.so", "libvulkan.so.1"), "linux", { VULKAN_LOADER: "/x/vk.so" })).toBe(
      "/x/vk.so",
    );
    expect(() => openLoader(system("libvulkan.so.1"), "linux", { VULKAN_LOADER: "/x/vk.so" })).toThrow(
      /VULKAN_LOADER is \/x\/vk.so, which cannot be opened as a library/,
    );
  });

  it.each(["linux", "win32", "darwin"] as const)(
    "says on %s what to install when there is none",
    (platform) => {
      const error = (() => {
        try {
          return openLoader(system(), platform, {});
        } catch (thrown) {
          return thrown;
        }
      })() as WhisperVulkanError;
      expect(error.code).toBe("vulkan-unavailable");
      expect(error.hint).toMatch(
        platform === "linux" ? /libvulkan1/ : platform === "win32" ? /driver/ : /molten-vk/,
      );
    },
  );
});
