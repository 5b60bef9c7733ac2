import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cli } from "./command-line.js";

const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-devices-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) =>
  cli(["devices", ...args], { cwd: folder, env: { VULKAN_LOADER: "/nonexistent/libvulkan.so.1" } });

describe("devices --simulate", () => {
  test("says that simulating needs a Vulkan device", async () => {
    const { status, stdout, stderr } = await run("--simulate", "mali");
    expect(stderr).toMatch(
      /^whisper-vulkan: A simulated card needs a real device\. VULKAN_LOADER is [^\n]*\n$/,
    );
    expect(stderr).toContain("memory MODEL --simulate");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });

  test.each([
    [["--simulate", "malo"], "mali"],
    [["--simulate", "mali", "--export", "card.json"], "Leave out --simulate"],
  ])("refuses %j", async (args, message) => {
    const { status, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("devices --export", () => {
  test("leaves no file where there is no Vulkan", async () => {
    const { status, stdout, stderr } = await run("--export", "card.json");
    expect(stderr).toMatch(/^whisper-vulkan: VULKAN_LOADER is [^\n]*\n$/);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(existsSync(join(folder, "card.json"))).toBe(false);
  });

  test.each([
    [["--device", "0"], "--device only chooses the device to export. Give --export too"],
    [["--export", ""], "--export needs the name of a file"],
  ])("refuses %j", async (args, message) => {
    const { status, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });
});
