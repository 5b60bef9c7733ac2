import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { damagedDriverFile } from "./driver-files.js";

const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-drivers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const icds = join(folder, "vulkan", "icd.d");
mkdirSync(icds, { recursive: true });
const write = (name: string, text: string) => {
  writeFileSync(join(icds, name), text);
  return join(icds, name);
};
const good = write("good.json", '{ "ICD": {} }');
const damaged = write("worse.json", "not json");
/** An environment in which the loader finds nothing but this. */
const empty = { HOME: "/nonexistent", XDG_CONFIG_DIRS: "/nonexistent", XDG_DATA_DIRS: "/nonexistent" };

it.each(["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"])("what %s names", (variable) => {
  expect(damagedDriverFile({ ...empty, [variable]: good }, "linux")).toBeNull();
  expect(damagedDriverFile({ ...empty, [variable]: "/nonexistent.json" }, "linux")).toBeNull();
  const found = { path: damaged, what: "is not valid JSON", variable };
  expect(damagedDriverFile({ ...empty, [variable]: `${good}:${damaged}` }, "linux")).toEqual(found);
  expect(damagedDriverFile({ ...empty, [variable]: `${good};${damaged}` }, "win32")).toEqual(found);
  expect(damagedDriverFile({ ...empty, [variable]: icds }, "linux")).toEqual(found);
});

it("what stands in the loader's folders, unless a variable takes their place", () => {
  const environment = { ...empty, XDG_DATA_HOME: folder };
  expect(damagedDriverFile(environment, "linux")).toMatchObject({ path: damaged, variable: null });
  expect(damagedDriverFile({ ...environment, VK_DRIVER_FILES: good }, "linux")).toBeNull();
  expect(damagedDriverFile(environment, "win32")).toBeNull();
});
