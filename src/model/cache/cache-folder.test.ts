import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, vi } from "vitest";
import { cacheFolder } from "./cache-folder.js";

const home = homedir();
it.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
  ["linux", { WHISPER_VULKAN_CACHE: "/own", XDG_CACHE_HOME: "/xdg" }, resolve("/own")],
  ["linux", { WHISPER_VULKAN_CACHE: "", XDG_CACHE_HOME: "/xdg" }, join("/xdg", "whisper-vulkan", "models")],
  ["linux", { XDG_CACHE_HOME: "relative" }, join(home, ".cache", "whisper-vulkan", "models")],
  ["freebsd", {}, join(home, ".cache", "whisper-vulkan", "models")],
  ["darwin", { XDG_CACHE_HOME: "/xdg" }, join(home, "Library", "Caches", "whisper-vulkan", "models")],
  ["win32", { LOCALAPPDATA: "L" }, join("L", "whisper-vulkan", "models")],
  ["win32", {}, join(home, "AppData", "Local", "whisper-vulkan", "models")],
])("cache folder on %s with %j", (platform, environment, expected) => {
  expect(cacheFolder(environment, platform)).toBe(expected);
});

it.runIf(process.platform === "linux")("without a home folder says which settings name one", () => {
  vi.stubEnv("HOME", "");
  const wrong = { code: "cache-not-writable", hint: expect.stringContaining("WHISPER_VULKAN_CACHE") };
  expect(() => cacheFolder({}, "linux")).toThrow(expect.objectContaining(wrong));
  expect(cacheFolder({ WHISPER_VULKAN_CACHE: "/own" }, "linux")).toBe("/own");
  vi.unstubAllEnvs();
});
