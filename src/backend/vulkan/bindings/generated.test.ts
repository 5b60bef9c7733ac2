import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const places = [
  process.env.VK_XML ?? "",
  `${root}.cache/software-vulkan/new/root/usr/share/vulkan/registry/vk.xml`,
  "/usr/share/vulkan/registry/vk.xml",
];
const registry = places.find((path) => path !== "" && existsSync(path));
if (!registry)
  console.log("bindings freshness skipped: no vk.xml (VK_XML, .cache/software-vulkan, libvulkan-dev)");

it.skipIf(!registry)("generated bindings are what the registry gives", () => {
  const script = `${root}scripts/generate-bindings.mjs`;
  const run = spawnSync(process.execPath, [script, registry!, "--check"], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
});
